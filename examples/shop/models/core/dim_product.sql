-- One row per stock code. Clerks also typed remarks ("damaged", "thrown away") where the name of
-- the product belongs, so a name counts only where the product was sold for a price, and the
-- most used one wins. What was never sold has no name.

with lines as (

    select
        stock_code,
        description,
        sales_date,
        quantity > 0 and unit_price > 0 as is_sale
    from {{ ref('stg_invoices') }}

),

names as (

    select
        stock_code,
        description,
        row_number() over (
            partition by stock_code
            order by count(*) desc, description
        ) as nth_most_used
    from lines
    where is_sale and description is not null
    group by stock_code, description

),

products as (

    select
        stock_code,
        min(case when is_sale then sales_date end) as first_sold_on,
        max(case when is_sale then sales_date end) as last_sold_on
    from lines
    group by stock_code

)

select
    products.stock_code,
    names.description,
    coalesce(special.kind, 'product') as kind,
    products.first_sold_on,
    products.last_sold_on
from products
left join names
    on names.stock_code = products.stock_code
    and names.nth_most_used = 1
left join {{ ref('special_stock_codes') }} as special
    on special.stock_code = products.stock_code
