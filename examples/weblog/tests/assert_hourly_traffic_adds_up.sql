-- The hours hold every request once.

with hours as (

    select sum(requests) as requests, sum(bytes_sent) as bytes_sent
    from {{ ref('hourly_traffic') }}

),

lines as (

    select count(*) as requests, sum(bytes_sent) as bytes_sent
    from {{ ref('stg_requests') }}

)

select
    hours.requests as requests_of_hours,
    lines.requests as requests_of_lines,
    hours.bytes_sent as bytes_of_hours,
    lines.bytes_sent as bytes_of_lines
from hours
cross join lines
where hours.requests is distinct from lines.requests
    or hours.bytes_sent is distinct from lines.bytes_sent
