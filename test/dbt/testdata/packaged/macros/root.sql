{% macro default__bracket(text) %}'[' || {{ text }} || ']'{% endmacro %}
{% macro label() %}root{% endmacro %}

{# Overrides a built-in test and a built-in macro. #}
{% test not_null(model, column_name) %}
select * from {{ model }} where {{ column_name }} is null or {{ column_name }}::varchar = 'NULL'
{% endtest %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%} {{ custom_alias_name | trim }}
    {%- elif node.package_name != project_name -%} {{ node.package_name ~ '_' ~ node.name }}
    {%- else -%} {{ node.name }}
    {%- endif -%}
{%- endmacro %}
