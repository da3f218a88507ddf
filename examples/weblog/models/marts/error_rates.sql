-- The share of requests that failed, by day, and whose fault it was.

with days as (

    select
        cast(requested_at_utc as date) as day_utc,
        count(*) as requests,
        cast(sum(case when is_client_error then 1 else 0 end) as bigint) as client_errors,
        cast(sum(case when is_server_error then 1 else 0 end) as bigint) as server_errors
    from {{ ref('stg_requests') }}
    group by 1

)

select
    day_utc,
    requests,
    client_errors,
    server_errors,
    cast(1.0 * (client_errors + server_errors) / requests as decimal(6, 4)) as error_rate
from days
