-- Each file holds the trading day that it is named after and no other.

select
    _tarn_file,
    sales_date,
    count(*) as lines
from {{ ref('fct_sales') }}
where _tarn_file not like '%' || cast(sales_date as varchar) || '.csv%'
group by _tarn_file, sales_date
