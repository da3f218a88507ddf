{% set columns = adapter.get_columns_in_relation(ref('payments')) %}
{% if execute %}
{% for c in columns %}
select '{{ c.name }}' as name, '{{ c.column }}' as also, '{{ c.data_type }}' as data_type, '{{ c.dtype }}' as dtype, '{{ c.quoted }}' as quoted,
    {{ c.is_string() | lower }} as is_string, {{ c.is_number() | lower }} as is_number, {{ c.is_integer() | lower }} as is_integer,
    {{ c.is_float() | lower }} as is_float, {{ c.is_numeric() | lower }} as is_numeric
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% endif %}
