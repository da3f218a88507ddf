{#- What was sold until the day that the variable says. -#}
{% set until = var('until') %}
select
    sale_id, customer_id, sku, quantity,
    cast(sold_at as timestamp) as sold_at,
    cast(sold_at as date) as sold_on
from {{ ref('raw_sales') }}
where cast(sold_at as date) <= cast('{{ until }}' as date)
