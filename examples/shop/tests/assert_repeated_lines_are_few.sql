{{ config(severity='warn', warn_if='> 6000', fail_calc='coalesce(sum(copies - 1), 0)') }}

-- Lines that repeat another in every column. They may be real (two of the same on one invoice), so
-- they stay, but many more of them would mean that somebody exported a day twice.

select
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    invoiced_at,
    customer_id,
    country,
    count(*) as copies
from {{ ref('stg_invoices') }}
group by
    invoice_no, stock_code, description, quantity, unit_price, invoiced_at, customer_id, country
having count(*) > 1
