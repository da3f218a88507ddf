with spent as (
    select customer_id, count(*) as purchases, sum(amount) as spent, min(sold_on) as first_sale
    from {{ ref('int_priced_sales') }}
    group by 1
)

select
    c.customer_id,
    c.first_name,
    coalesce(s.purchases, 0) as purchases,
    coalesce(s.spent, 0) as spent,
    s.first_sale,
    coalesce(s.spent, 0) >= {{ var('big_spender') }} as big_spender,
    '{{ var("currency") }}' as currency
from {{ ref('stg_customers') }} as c
left join spent as s on c.customer_id = s.customer_id
