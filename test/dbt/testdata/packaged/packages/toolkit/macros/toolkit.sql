{% macro shout(text) %}{{ return(adapter.dispatch('shout', 'toolkit')(text)) }}{% endmacro %}
{% macro default__shout(text) %}upper({{ text }}){% endmacro %}
{% macro duckdb__shout(text) %}upper({{ text }}) || '!'{% endmacro %}
{% macro postgres__shout(text) %}initcap({{ text }}){% endmacro %}

{% macro whisper(text) %}{{ return(adapter.dispatch('whisper', 'toolkit')(text)) }}{% endmacro %}
{% macro default__whisper(text) %}lower({{ text }}){% endmacro %}

{% macro bracket(text) %}{{ return(adapter.dispatch('bracket', 'toolkit')(text)) }}{% endmacro %}
{% macro default__bracket(text) %}'(' || {{ text }} || ')'{% endmacro %}

{# Calls a macro of its own package, which the root has too. #}
{% macro which_label() %}{{ label() }} by {{ toolkit.label() }}{% endmacro %}
{% macro label() %}toolkit{% endmacro %}

{% macro columns_of(relation, except=[]) %}
    {%- set names = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name not in except -%}
        {%- do names.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
