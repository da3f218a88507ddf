{% set t = run_query('select * from ' ~ ref('payments') ~ ' order by id') %}
{% if execute %}
select
    '{{ t.column_names | join(",") }}' as column_names,
    {{ t.rows | length }} as n_rows,
    {{ t.columns['amount'].values() | sum }} as total,
    '{{ t.columns[1].values() | list | join("+") }}' as methods,
    '{{ t.rows[0]["method"] }}' as by_name,
    '{{ t.rows[-1].values() | list | length }}' as n_values,
    '{{ t.rows[1].dict()["method"] if t.rows[1].dict is defined else "" }}' as from_dict,
    '{% for r in t.rows if r.amount > 5 %}{{ r.id }}{{ "," if not loop.last }}{% endfor %}' as attributes,
    '{{ t.columns["id"].name }}' as column_name
{% endif %}
