-- The requests with their hour in UTC and the path without its query.

select
    time at time zone 'UTC' as requested_at_utc,
    date_trunc('hour', time at time zone 'UTC') as hour_utc,
    remote_host,
    method,
    split_part(path, '?', 1) as path,
    cast(status as integer) as status,
    status >= 400 and status < 500 as is_client_error,
    status >= 500 as is_server_error,
    coalesce(cast(bytes as bigint), 0) as bytes_sent,
    referrer,
    user_agent,
    _tarn_file,
    _tarn_line
from {{ source('web', 'access_log') }}
