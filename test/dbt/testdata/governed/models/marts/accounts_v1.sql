select account, sum(amount) as balance from {{ ref('bookings_clean') }} group by 1
