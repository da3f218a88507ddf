{{ config(enabled=var('match_cancellations')) }}

-- An order line is cancelled at most once, a cancellation line cancels at most one order line, and
-- nothing is cancelled before it was ordered.

select 'order line cancelled twice' as problem, _tarn_file, _tarn_line
from {{ ref('cancellations') }}
group by _tarn_file, _tarn_line
having count(*) > 1

union all

select 'cancellation line used twice' as problem, cancelled_in_file, cancelled_in_line
from {{ ref('cancellations') }}
group by cancelled_in_file, cancelled_in_line
having count(*) > 1

union all

select 'cancelled before it was ordered' as problem, _tarn_file, _tarn_line
from {{ ref('cancellations') }}
where cancelled_at <= invoiced_at
