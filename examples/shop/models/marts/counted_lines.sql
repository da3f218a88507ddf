{{ config(materialized='ephemeral') }}

-- The lines that count as a day's business. With match_cancellations, an order line that was
-- cancelled on the day it was placed never happened, and neither did its cancellation:
-- both go, so gross sales lose the line and net sales stay what they were.

select lines.*
from {{ ref('fct_sales') }} as lines
{% if var('match_cancellations') %}
left join {{ ref('cancellations') }} as cancelled
    on cancelled._tarn_file = lines._tarn_file
    and cancelled._tarn_line = lines._tarn_line
    and cancelled.is_same_day
left join {{ ref('cancellations') }} as cancelling
    on cancelling.cancelled_in_file = lines._tarn_file
    and cancelling.cancelled_in_line = lines._tarn_line
    and cancelling.is_same_day
where cancelled.invoice_no is null
    and cancelling.cancelled_by is null
{% endif %}
