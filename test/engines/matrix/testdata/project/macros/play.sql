{% macro play(statements) %}{% for statement in statements %}{% do run_query(statement) %}{% endfor %}{% endmacro %}
