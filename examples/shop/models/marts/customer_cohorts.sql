-- Each customer belongs to the month of the first order.

select
    customer_id,
    min(invoice_month) as cohort_month,
    min(invoiced_on) as first_order_on,
    count(*) as orders,
    cast(sum(amount) as decimal(18, 3)) as ordered_amount
from {{ ref('customer_invoices') }}
where not is_cancellation
group by customer_id
