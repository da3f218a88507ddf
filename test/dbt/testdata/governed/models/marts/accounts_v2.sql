select account as account_name, cast(sum(amount) as decimal(12, 2)) as balance, count(*)::integer as bookings
from {{ ref('bookings_clean') }} group by 1
