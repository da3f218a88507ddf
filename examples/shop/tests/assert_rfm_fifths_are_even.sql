-- Each score splits the customers into five groups whose sizes differ by at most one.

with groups as (

    select 'recency' as score, recency_score as fifth, count(*) as customers
    from {{ ref('rfm') }} group by recency_score

    union all

    select 'frequency' as score, frequency_score as fifth, count(*) as customers
    from {{ ref('rfm') }} group by frequency_score

    union all

    select 'monetary' as score, monetary_score as fifth, count(*) as customers
    from {{ ref('rfm') }} group by monetary_score

)

select
    score,
    min(customers) as smallest,
    max(customers) as largest
from groups
group by score
having max(customers) - min(customers) > 1
    or count(*) <> 5
