select * from {{ ref('customer_spending') }} order by spent desc limit {{ var('top', 3) }}
