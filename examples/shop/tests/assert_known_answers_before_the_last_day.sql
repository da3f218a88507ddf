-- What the files through 2011-12-08 add up to, counted without Tarn. Whatever arrives later, this holds.

with figures as (

    select
        count(*) as lines,
        count(distinct InvoiceNo) as invoices,
        count(distinct nullif(CustomerID, '')) as customers,
        count(distinct StockCode) as stock_codes,
        count(distinct Country) as countries,
        count(distinct _tarn_file) as files,
        sum(case when coalesce(CustomerID, '') = '' then 1 else 0 end) as lines_without_customer,
        sum(case when coalesce(Description, '') = '' then 1 else 0 end) as lines_without_description,
        sum(case when InvoiceNo like 'C%' then 1 else 0 end) as cancellation_lines,
        sum(case when Quantity < 0 then 1 else 0 end) as lines_below_zero,
        sum(case when UnitPrice <= 0 then 1 else 0 end) as lines_without_price,
        sum(Quantity * UnitPrice) as net_sales,
        sum(case when Quantity > 0 then Quantity * UnitPrice else 0 end) as gross_sales,
        min(InvoiceDate) as first_invoice_at,
        max(InvoiceDate) as last_invoice_at
    from {{ source('retail', 'invoices') }}
    where _tarn_file not like '%/2011-12-09.csv%'

)

select *
from figures
where not (
    lines = 540277
    and invoices = 25851
    and customers = 4371
    and stock_codes = 4069
    and countries = 38
    and files = 304
    and lines_without_customer = 134072
    and lines_without_description = 1454
    and cancellation_lines = 9281
    and lines_below_zero = 10617
    and lines_without_price = 2517
    and net_sales = 9715616.404
    and gross_sales = 10443639.824
    and first_invoice_at = timestamp '2010-12-01 08:26:00'
    and last_invoice_at = timestamp '2011-12-08 20:01:00'
)
