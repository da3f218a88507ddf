-- The fact table: one row per invoice line, exactly as many as arrived.

select
    invoice_no,
    stock_code,
    customer_id,
    country,
    sales_date,
    invoiced_at,
    case
        when is_cancellation then 'cancellation'
        when quantity > 0 and unit_price > 0 and invoice_no not like 'A%' then 'sale'
        else 'adjustment'
    end as line_type,
    quantity,
    unit_price,
    line_amount,
    _tarn_file,
    _tarn_line
from {{ ref('stg_invoices') }}
