{{ config(enabled=var('match_cancellations')) }}

-- The two great orders that never were: 74,215 pieces on 2011-01-18, cancelled after a quarter of an
-- hour, and 80,995 pieces on 2011-12-09 (once that day is there), cancelled after twelve minutes.

with expected (invoice_no, cancelled_by, quantity, minutes_to_cancel) as (

    values
        ('541431', 'C541433', 74215, 16),
        ('581483', 'C581484', 80995, 12)

)

select expected.*
from expected
inner join {{ ref('fct_sales') }} as ordered
    on ordered.invoice_no = expected.invoice_no
left join {{ ref('cancellations') }} as matched
    on matched.invoice_no = expected.invoice_no
    and matched.cancelled_by = expected.cancelled_by
    and matched.quantity = expected.quantity
    and matched.minutes_to_cancel = expected.minutes_to_cancel
    and matched.is_same_day
where matched.invoice_no is null
