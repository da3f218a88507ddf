-- The raw lines under readable names and honest types. Nothing is filtered and nothing is summed.

with raw as (

    select * from {{ source('retail', 'invoices') }}

),

cleaned as (

    select
        InvoiceNo as invoice_no,
        upper(trim(StockCode)) as stock_code,
        nullif(trim(Description), '') as description,
        cast(Quantity as bigint) as quantity,
        cast(UnitPrice as decimal(18, 3)) as unit_price,
        cast(InvoiceDate as timestamp) as invoiced_at,
        -- the shop's export writes customer numbers as 17850.0
        nullif(split_part(CustomerID, '.', 1), '') as customer_id,
        Country as country,
        _tarn_file,
        _tarn_line
    from raw

)

select
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    cast(quantity * unit_price as decimal(18, 3)) as line_amount,
    invoiced_at,
    cast(invoiced_at as date) as sales_date,
    invoice_no like 'C%' as is_cancellation,
    customer_id,
    country,
    _tarn_file,
    _tarn_line
from cleaned
