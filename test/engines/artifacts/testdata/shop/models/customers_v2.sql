select customer, sum(amount) as amount, {{ 'no_such_column' if var('broken', false) else 'count(*)' }} as orders from {{ ref('stg_orders') }} group by customer
