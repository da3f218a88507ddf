select id, sign(amount) as sign from {{ ref('bookings') }}
