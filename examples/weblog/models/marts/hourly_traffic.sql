-- Requests, visitors and bytes by hour, in UTC.

select
    hour_utc,
    count(*) as requests,
    count(distinct remote_host) as visitors,
    cast(sum(bytes_sent) as bigint) as bytes_sent
from {{ ref('stg_requests') }}
group by hour_utc
