{{ config(materialized='ephemeral') }}

-- Which order line does a cancellation line cancel? The invoices do not say, so:
--
--   A cancellation line cancels the newest earlier order line of the same customer, stock code,
--   quantity and unit price. If several cancellation lines claim one order line, the earliest has it.
--
-- So each order line is cancelled at most once, and each cancellation line cancels at most one.
-- A line that is repeated within its invoice is numbered: the second copy cancels a second copy.
-- Lines without a customer, and partial cancellations, match nothing.

with lines as (

    select
        *,
        row_number() over (
            partition by invoice_no, stock_code, quantity, unit_price, invoiced_at
            order by _tarn_file, _tarn_line
        ) as copy_number
    from {{ ref('fct_sales') }}
    where customer_id is not null

),

claims as (

    select
        cancelling.invoice_no as cancelled_by,
        cancelling.invoiced_at as cancelled_at,
        cancelling.sales_date as cancelled_on,
        cancelling._tarn_file as cancelled_in_file,
        cancelling._tarn_line as cancelled_in_line,
        ordered.invoice_no,
        ordered.invoiced_at,
        ordered.sales_date,
        ordered.customer_id,
        ordered.stock_code,
        ordered.quantity,
        ordered.unit_price,
        ordered.line_amount,
        ordered._tarn_file,
        ordered._tarn_line,
        row_number() over (
            partition by cancelling._tarn_file, cancelling._tarn_line
            order by ordered.invoiced_at desc, ordered._tarn_file desc, ordered._tarn_line desc
        ) as nth_newest_order
    from lines as cancelling
    inner join lines as ordered
        on ordered.customer_id = cancelling.customer_id
        and ordered.stock_code = cancelling.stock_code
        and ordered.quantity = -cancelling.quantity
        and ordered.unit_price = cancelling.unit_price
        and ordered.copy_number = cancelling.copy_number
        and ordered.invoiced_at < cancelling.invoiced_at
    where cancelling.line_type = 'cancellation'
        and ordered.line_type = 'sale'

),

ranked as (

    select
        *,
        row_number() over (
            partition by _tarn_file, _tarn_line
            order by cancelled_at, cancelled_in_file, cancelled_in_line
        ) as nth_claim
    from claims
    where nth_newest_order = 1

)

select
    invoice_no,
    stock_code,
    customer_id,
    sales_date,
    invoiced_at,
    quantity,
    unit_price,
    line_amount,
    _tarn_file,
    _tarn_line,
    cancelled_by,
    cancelled_on,
    cancelled_at,
    cancelled_in_file,
    cancelled_in_line
from ranked
where nth_claim = 1
