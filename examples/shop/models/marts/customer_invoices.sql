{{ config(materialized='ephemeral') }}

-- One row per invoice of a known customer. Ephemeral: a step of the customer marts, not a table.

select
    customer_id,
    invoice_no,
    line_type = 'cancellation' as is_cancellation,
    min(sales_date) as invoiced_on,
    cast(date_trunc('month', min(sales_date)) as date) as invoice_month,
    cast(sum(line_amount) as decimal(18, 3)) as amount
from {{ ref('fct_sales') }}
where customer_id is not null
    and line_type <> 'adjustment'
group by customer_id, invoice_no, line_type
