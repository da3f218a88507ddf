{% macro duckdb__whisper(text) %}'psst: ' || {{ text }}{% endmacro %}

{# The search order of dbt's own macros puts this package first. #}
{% macro default__concat(fields) %}concat_ws('+', {{ fields | join(', ') }}){% endmacro %}
