{{ config(materialized='view', tags=['nightly']) }}
select id, account, booked_on, cast(amount as decimal(12, 2)) as amount,
    amount < 0 as is_out
from {{ ref('bookings') }}
where id is not null
