-- In October 2011 two products tied at 3,320 pieces. They share rank and dense_rank and only
-- row_number tells them apart; after them rank has skipped a number and dense_rank has not.
-- Counted without Tarn.

with expected (stock_code, units, row_number_above_rank, rank_above_dense_rank) as (

    values
        ('21915', 3320, 0, 0),
        ('22178', 3320, 1, 0),
        ('22492', 3215, 0, 1)

)

select expected.*
from expected
left join {{ ref('top_products_by_month') }} as top
    on top.sales_month = date '2011-10-01'
    and top.stock_code = expected.stock_code
    and top.units = expected.units
    and top.units_row_number - top.units_rank = expected.row_number_above_rank
    and top.units_rank - top.units_dense_rank = expected.rank_above_dense_rank
where top.stock_code is null
