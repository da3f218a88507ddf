select id, null::integer as amount from {{ ref('payments') }}
