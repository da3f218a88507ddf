{#
  Dates as texts: reading them, and listing those of a range.
#}

{% macro convert_datetime(date_str, date_fmt) -%}
{%- do return(try_or_compiler_error("the date '" ~ date_str ~ "' is not of the format '" ~ date_fmt ~ "'",
    modules.datetime.datetime.strptime, date_str.strip(), date_fmt)) -%}
{%- endmacro %}

{# Every date from the first to the last; as datetimes where there is no format for them. #}
{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt="%Y%m%d", out_fmt="%Y%m%d") -%}
{%- set first = convert_datetime(start_date_str, in_fmt) -%}
{%- set last = first if end_date_str is none else convert_datetime(end_date_str, in_fmt) -%}
{%- if last < first -%}
  {%- do exceptions.raise_compiler_error('the range of dates ends (' ~ last ~ ') before it starts (' ~ first ~ ')') -%}
{%- endif -%}
{%- set dates = [] -%}
{%- for n in range((last - first).days + 1) -%}
  {%- set day = first + modules.datetime.timedelta(days=n) -%}
  {%- do dates.append(day.strftime(out_fmt) if out_fmt else day) -%}
{%- endfor -%}
{%- do return(dates) -%}
{%- endmacro %}

{# One date, or two with a comma between them. #}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') -%}
{%- set ends = (raw_partition_date | string).split(',') -%}
{%- if ends | length > 2 -%}
  {%- do exceptions.raise_compiler_error('a range of partitions is one date, or two with a comma between them, not ' ~ raw_partition_date) -%}
{%- endif -%}
{%- do return(dates_in_range(ends[0], ends[1] if ends | length == 2 else none, in_fmt=date_fmt)) -%}
{%- endmacro %}

{# The time to the microsecond, fit for a name. #}
{% macro py_current_timestring() -%}
{%- do return(modules.datetime.datetime.now().strftime('%Y%m%d%H%M%S%f')) -%}
{%- endmacro %}
