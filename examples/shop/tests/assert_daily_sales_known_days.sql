-- Net sales of three days, counted without Tarn. 2011-01-18 is a day on which an order of
-- 74,215 pieces was cancelled within the quarter of an hour.

with expected (sales_date, net_sales) as (

    values
        (date '2010-12-01', 58635.560),
        (date '2011-01-18', 18680.800),
        (date '2011-12-08', 81417.780)

)

select
    expected.sales_date,
    expected.net_sales as expected_net_sales,
    days.net_sales
from expected
left join {{ ref('daily_sales') }} as days
    on days.sales_date = expected.sales_date
where days.net_sales is null
    or days.net_sales <> expected.net_sales
