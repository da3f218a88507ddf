{% test within(model, column_name, low=none, high=none) %}
    {{ return(adapter.dispatch('test_within', 'toolkit')(model, column_name, low, high)) }}
{% endtest %}

{% macro default__test_within(model, column_name, low, high) %}
select {{ column_name }} from {{ model }}
where false
    {%- if low is not none %} or {{ column_name }} < {{ low }}{% endif %}
    {%- if high is not none %} or {{ column_name }} > {{ high }}{% endif %}
{% endmacro %}
