{{ config(materialized='ephemeral') }}

with sales as (
    select * from {{ ref('stg_sales') }}
)

select
    sales.*,
    prices.product,
    {{ money('prices.price * sales.quantity') }} as amount
from sales
left join {{ ref('raw_prices') }} as prices using (sku)
