-- depends_on: {{ ref('payments') }}
{%- call statement('totals', fetch_result=true) -%}
select method, sum(amount) as total, count(*) as n, min(paid_on) as first_paid from {{ ref('payments') }} group by 1 order by 1
{%- endcall -%}
{% set result = load_result('totals') %}
{% if execute %}
{% for row in result['data'] %}
select '{{ row[0] }}' as method, {{ row[1] }} as total, {{ row['2'] if false else row[2] }} as n,
    '{{ row[3].strftime("%d.%m.%Y") }}' as first_paid,
    {{ loop.index }} as position, '{{ result.table.column_names | join(" ") }}' as names
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% else %}
select 1 as not_executed
{% endif %}
