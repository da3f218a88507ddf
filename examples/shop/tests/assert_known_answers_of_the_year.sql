-- What all 305 files add up to, counted without Tarn. Judged once the last trading day is there.

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

)

select *
from figures
where not (
    lines = 541909
    and invoices = 25900
    and customers = 4372
    and stock_codes = 4070
    and countries = 38
    and files = 305
    and lines_without_customer = 135080
    and lines_without_description = 1454
    and cancellation_lines = 9288
    and lines_below_zero = 10624
    and lines_without_price = 2517
    and net_sales = 9747747.934
    and gross_sales = 10644560.424
    and first_invoice_at = timestamp '2010-12-01 08:26:00'
    and last_invoice_at = timestamp '2011-12-09 12:50:00'
)
    and last_invoice_at >= timestamp '2011-12-09 00:00:00'
