{% macro money(expression, digits=2) -%}
    cast({{ expression }} as decimal(12, {{ digits }}))
{%- endmacro %}

{# The text in front of the first space or comma. #}
{% macro first_word(column) %}trim(regexp_extract({{ column }}, '^[^ ,]+')){% endmacro %}
