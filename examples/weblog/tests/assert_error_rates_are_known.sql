-- Errors by day, counted without Tarn.

with expected (day_utc, requests, client_errors, server_errors) as (

    values
        (date '2015-05-17', 1632, 30, 0),
        (date '2015-05-18', 2893, 64, 2),
        (date '2015-05-19', 2896, 66, 0),
        (date '2015-05-20', 2578, 57, 1)

)

select
    coalesce(expected.day_utc, actual.day_utc) as day_utc,
    actual.requests,
    actual.client_errors,
    actual.server_errors,
    actual.error_rate
from expected
full outer join {{ ref('error_rates') }} as actual
    on actual.day_utc = expected.day_utc
where expected.requests is distinct from actual.requests
    or expected.client_errors is distinct from actual.client_errors
    or expected.server_errors is distinct from actual.server_errors
    or actual.error_rate < 0
    or actual.error_rate > 1
