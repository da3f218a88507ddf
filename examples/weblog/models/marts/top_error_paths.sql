-- The paths with the most errors. All paths that tie for the last place are kept.

with errors as (

    select
        path,
        count(*) as errors,
        count(distinct remote_host) as visitors,
        min(requested_at_utc) as first_error_at_utc,
        max(requested_at_utc) as last_error_at_utc
    from {{ ref('stg_requests') }}
    where is_client_error or is_server_error
    group by path

),

ranked as (

    select
        *,
        rank() over (order by errors desc) as errors_rank
    from errors

)

select
    errors_rank,
    path,
    errors,
    visitors,
    first_error_at_utc,
    last_error_at_utc
from ranked
where errors_rank <= {{ var('top_k') }}
