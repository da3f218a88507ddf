-- Recency, frequency and money: each customer scored from 1 to 5 on each, 5 is best.
-- Ties are broken by the customer number, so the scores are the same on every run.

with today as (

    select max(sales_date) as last_trading_day
    from {{ ref('fct_sales') }}

),

figures as (

    select
        customer_id,
        max(case when not is_cancellation then invoiced_on end) as last_order_on,
        sum(case when not is_cancellation then 1 else 0 end) as orders,
        sum(amount) as spent
    from {{ ref('customer_invoices') }}
    group by customer_id

),

scored as (

    select
        figures.customer_id,
        date_diff('day', figures.last_order_on, today.last_trading_day) as recency_days,
        cast(figures.orders as bigint) as frequency,
        cast(figures.spent as decimal(18, 3)) as monetary,
        ntile(5) over (order by figures.last_order_on, figures.customer_id) as recency_score,
        ntile(5) over (order by figures.orders, figures.customer_id) as frequency_score,
        ntile(5) over (order by figures.spent, figures.customer_id) as monetary_score
    from figures
    cross join today
    -- a few customers only ever cancelled
    where figures.orders > 0

)

select
    customer_id,
    recency_days,
    frequency,
    monetary,
    recency_score,
    frequency_score,
    monetary_score,
    case
        when recency_score >= 4 and frequency_score >= 4 and monetary_score >= 4 then 'champion'
        when frequency_score >= 4 then 'loyal'
        when recency_score >= 4 then 'recent'
        when recency_score <= 2 and monetary_score >= 4 then 'at risk'
        when recency_score <= 2 then 'dormant'
        else 'regular'
    end as segment
from scored
