{% set columns = ['amount', 'id'] %}
{% for c in columns %}
select {{ c }} from {{ ref('payments') }} where {{ c }} < 0
{% if not loop.last %}union all{% endif %}
{% endfor %}
