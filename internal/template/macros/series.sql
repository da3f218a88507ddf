{#
  Rows out of nothing: numbers from 1 on, and every date of a stretch of time.
#}

{% macro generate_series(upper_bound) %}{% do return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) %}{% endmacro %}
{% macro duckdb__generate_series(upper_bound) -%}
select n as generated_number from generate_series(1, {{ upper_bound }}) as series(n)
{%- endmacro %}
{% macro default__generate_series(upper_bound) %}{% do return(dbt.duckdb__generate_series(upper_bound)) %}{% endmacro %}

{# How many doublings of 1 reach the bound; at least one. #}
{% macro get_powers_of_two(upper_bound) %}{% do return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) %}{% endmacro %}
{% macro default__get_powers_of_two(upper_bound) %}
  {%- if upper_bound <= 0 -%}
    {%- do exceptions.raise_compiler_error('get_powers_of_two needs a number above 0, not ' ~ upper_bound) -%}
  {%- endif -%}
  {%- for power in range(1, 100) if 2 ** power >= upper_bound -%}
    {%- do return(power) -%}
  {%- endfor -%}
{% endmacro %}

{# Asks the engine how many dateparts lie between two expressions; 1 while parsing. #}
{% macro get_intervals_between(start_date, end_date, datepart) %}{% do return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) %}{% endmacro %}
{% macro default__get_intervals_between(start_date, end_date, datepart) %}
  {%- call statement('get_intervals_between', fetch_result=True) -%}
    select {{ dbt.datediff(start_date, end_date, datepart) }}
  {%- endcall -%}
  {%- set answer = load_result('get_intervals_between') -%}
  {%- do return(answer['data'][0][0] if answer and answer['data'] else 1) -%}
{% endmacro %}

{# The end date itself is in the result if it falls on a step. #}
{% macro date_spine(datepart, start_date, end_date) %}{% do return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) %}{% endmacro %}
{% macro default__date_spine(datepart, start_date, end_date) %}
with steps as (
    {{ dbt.generate_series(dbt.get_intervals_between(start_date, end_date, datepart)) }}
)
select date_{{ datepart }}
from (
    select {{ dbt.dateadd(datepart, 'generated_number - 1', start_date) }} as date_{{ datepart }}
    from steps
) as spine
where date_{{ datepart }} <= {{ end_date }}
{% endmacro %}
