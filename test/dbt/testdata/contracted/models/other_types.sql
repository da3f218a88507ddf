select id, reference, paid_on as extra from {{ ref('payments') }}
