-- What the three rankings promise of each other: dense_rank never exceeds rank, rank never exceeds
-- row_number, and row_number gives each place of a month once.

select
    sales_month,
    stock_code,
    units_rank,
    units_dense_rank,
    units_row_number
from {{ ref('top_products_by_month') }}
where units_dense_rank > units_rank
    or units_rank > units_row_number
    or units_rank > 10

union all

select
    sales_month,
    min(stock_code) as stock_code,
    min(units_rank) as units_rank,
    min(units_dense_rank) as units_dense_rank,
    units_row_number
from {{ ref('top_products_by_month') }}
group by sales_month, units_row_number
having count(*) > 1
