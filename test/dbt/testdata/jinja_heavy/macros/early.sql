{% macro return_early() %}
    before
    {% for i in range(10) %}
        {% if i == 3 %}{{ return(i) }}{% endif %}
    {% endfor %}
    after
{% endmacro %}

{% macro try_number(text) %}{% do return(text | int) %}{% endmacro %}
