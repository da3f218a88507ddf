-- 84 hours, 1,753 addresses, 2,747,282,505 bytes, from 2015-05-17 10:05:00 to 2015-05-20 21:05:59 UTC.
-- Counted without Tarn.

with figures as (

    select
        count(*) as requests,
        count(distinct hour_utc) as hours,
        count(distinct remote_host) as visitors,
        sum(bytes_sent) as bytes_sent,
        min(requested_at_utc) as first_request_at,
        max(requested_at_utc) as last_request_at
    from {{ ref('stg_requests') }}

)

select *
from figures
where not (
    requests = 9999
    and hours = 84
    and visitors = 1753
    and bytes_sent = 2747282505
    and first_request_at = timestamp '2015-05-17 10:05:00'
    and last_request_at = timestamp '2015-05-20 21:05:59'
)
