{#
  Lists as values of a column.
#}

{% macro array_append(array, new_element) %}{% do return(adapter.dispatch('array_append', 'dbt')(array, new_element)) %}{% endmacro %}
{% macro default__array_append(array, new_element) -%} array_append({{ array }}, {{ new_element }}) {%- endmacro %}

{% macro array_concat(array_1, array_2) %}{% do return(adapter.dispatch('array_concat', 'dbt')(array_1, array_2)) %}{% endmacro %}
{% macro default__array_concat(array_1, array_2) -%} array_cat({{ array_1 }}, {{ array_2 }}) {%- endmacro %}

{# An empty list needs its type. #}
{% macro array_construct(inputs=[], data_type=api.Column.translate_type('integer')) %}{% do return(adapter.dispatch('array_construct', 'dbt')(inputs, data_type)) %}{% endmacro %}
{% macro default__array_construct(inputs, data_type) -%}
{{ 'array[' ~ inputs | join(', ') ~ ']' if inputs else 'array[]::' ~ data_type ~ '[]' }}
{%- endmacro %}
