{{ config(enabled=var('match_cancellations')) }}

-- Cancelled order lines, each beside the line that cancelled it.

select
    *,
    cancelled_on = sales_date as is_same_day,
    date_diff('minute', invoiced_at, cancelled_at) as minutes_to_cancel
from {{ ref('matched_cancellations') }}
