{% macro methods() %}
    {% set found = run_query("select distinct method from " ~ ref('payments') ~ " order by 1") %}
    {% if execute %}{{ return(found.columns[0].values()) }}{% else %}{{ return([]) }}{% endif %}
{% endmacro %}

{% macro factorial(n) %}{{ return(1 if n <= 1 else n * factorial(n - 1)) }}{% endmacro %}

{% macro wrapped(name) %}{{ name }}<{{ caller(name | upper) }}|{{ varargs | join('/') }}|{{ kwargs | dictsort | map('join', '=') | join(' ') }}>{% endmacro %}

{% macro relation_parts(relation) -%}
    {{ relation.schema }}.{{ relation.identifier }} {{ relation.type }} {{ relation.is_table }} {{ relation.is_view }} {{ relation.is_cte }}
{%- endmacro %}
