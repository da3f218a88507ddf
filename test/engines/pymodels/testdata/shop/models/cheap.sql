select id, price from {{ ref('sales') }} where price < 5
