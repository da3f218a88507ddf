{% macro note(text) %}{% do log(text) %}{% endmacro %}
