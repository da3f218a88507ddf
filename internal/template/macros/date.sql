{#
  Dates and points in time. A datepart is a word such as day, week or quarter.
#}

{% macro date_trunc(datepart, date) %}{% do return(adapter.dispatch('date_trunc', 'dbt')(datepart, date)) %}{% endmacro %}
{% macro default__date_trunc(datepart, date) -%} date_trunc('{{ datepart }}', {{ date }}) {%- endmacro %}

{# The interval may be any expression; it is rounded to a whole number. #}
{% macro dateadd(datepart, interval, from_date_or_timestamp) %}{% do return(adapter.dispatch('dateadd', 'dbt')(datepart, interval, from_date_or_timestamp)) %}{% endmacro %}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) -%}
{%- set unit = datepart | lower -%}
{%- set count, unit = {'quarter': (3, 'month'), 'week': (7, 'day')}.get(unit, (1, unit)) -%}
({{ from_date_or_timestamp }} + cast({{ interval }} as bigint) * interval {{ count }} {{ unit }})
{%- endmacro %}
{% macro default__dateadd(datepart, interval, from_date_or_timestamp) -%}
dateadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{#
  How many borders between dateparts lie between the two. Weeks begin on Sunday;
  going back by whole weeks gives one week more, as it does in dbt.
#}
{% macro datediff(first_date, second_date, datepart) %}{% do return(adapter.dispatch('datediff', 'dbt')(first_date, second_date, datepart)) %}{% endmacro %}
{% macro duckdb__datediff(first_date, second_date, datepart) -%}
{%- set first, second = '(' ~ first_date ~ ')::timestamp', '(' ~ second_date ~ ')::timestamp' -%}
{%- if datepart == 'week' -%}
(date_diff('day', {{ first }}, {{ second }}) // 7
    + if(({{ first_date }}) <= ({{ second_date }}), 1, 0)
    - if(dayofweek({{ first }}) <= dayofweek({{ second }}), 1, 0))
{%- else -%}
date_diff('{{ datepart }}', {{ first }}, {{ second }})
{%- endif -%}
{%- endmacro %}
{% macro default__datediff(first_date, second_date, datepart) -%}
datediff({{ datepart }}, {{ first_date }}, {{ second_date }})
{%- endmacro %}

{% macro last_day(date, datepart) %}{% do return(adapter.dispatch('last_day', 'dbt')(date, datepart)) %}{% endmacro %}
{% macro duckdb__last_day(date, datepart) -%} {{ dbt.default_last_day(date, datepart) }} {%- endmacro %}
{% macro default__last_day(date, datepart) %}{% do return(duckdb__last_day(date, datepart)) %}{% endmacro %}
{% macro default_last_day(date, datepart) -%}
{%- set next = dbt.dateadd(datepart, 1, dbt.date_trunc(datepart, date)) -%}
cast({{ dbt.dateadd('day', -1, next) }} as date)
{%- endmacro %}

{% macro date(year, month, day) %}{% do return(adapter.dispatch('date', 'dbt')(year, month, day)) %}{% endmacro %}
{% macro duckdb__date(year, month, day) -%} make_date({{ year }}, {{ month }}, {{ day }}) {%- endmacro %}
{% macro default__date(year, month, day) -%} cast('{{ modules.datetime.date(year, month, day).isoformat() }}' as date) {%- endmacro %}

{# The time of the transaction. #}
{% macro current_timestamp() -%} {{ adapter.dispatch('current_timestamp', 'dbt')() }} {%- endmacro %}
{% macro duckdb__current_timestamp() -%} now() {%- endmacro %}

{# The same without a time zone, for what older packages asked for. #}
{% macro current_timestamp_backcompat() %}{% do return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) %}{% endmacro %}
{% macro default__current_timestamp_backcompat() -%} current_timestamp::timestamp {%- endmacro %}
{% macro current_timestamp_in_utc_backcompat() %}{% do return(adapter.dispatch('current_timestamp_in_utc_backcompat', 'dbt')()) %}{% endmacro %}
{% macro default__current_timestamp_in_utc_backcompat() %}{% do return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) %}{% endmacro %}
