select id, id as account from {{ ref('payments') }}
