-- How many customers of a cohort ordered again, month by month since their first order.

with active as (

    select distinct
        cohorts.cohort_month,
        cohorts.customer_id,
        12 * (extract(year from invoices.invoice_month) - extract(year from cohorts.cohort_month))
        + extract(month from invoices.invoice_month)
        - extract(month from cohorts.cohort_month) as months_since
    from {{ ref('customer_cohorts') }} as cohorts
    inner join {{ ref('customer_invoices') }} as invoices
        on invoices.customer_id = cohorts.customer_id
    where not invoices.is_cancellation

),

sizes as (

    select cohort_month, count(*) as cohort_size
    from {{ ref('customer_cohorts') }}
    group by cohort_month

)

select
    active.cohort_month,
    cast(active.months_since as integer) as months_since,
    sizes.cohort_size,
    count(*) as customers,
    cast(1.0 * count(*) / sizes.cohort_size as decimal(6, 4)) as retention_rate
from active
inner join sizes
    on sizes.cohort_month = active.cohort_month
group by active.cohort_month, active.months_since, sizes.cohort_size
