-- One row per known customer. Nine customers moved: the country is that of their latest invoice.

with lines as (

    select customer_id, country, invoice_no, invoiced_at
    from {{ ref('stg_invoices') }}
    where customer_id is not null

),

latest as (

    select
        customer_id,
        country,
        row_number() over (
            partition by customer_id
            order by invoiced_at desc, invoice_no desc, country
        ) as nth_latest
    from lines

),

activity as (

    select
        customer_id,
        count(distinct invoice_no) as invoices,
        cast(min(invoiced_at) as date) as first_seen_on,
        cast(max(invoiced_at) as date) as last_seen_on
    from lines
    group by customer_id

)

select
    activity.customer_id,
    latest.country,
    activity.invoices,
    activity.first_seen_on,
    activity.last_seen_on
from activity
inner join latest
    on latest.customer_id = activity.customer_id
    and latest.nth_latest = 1
