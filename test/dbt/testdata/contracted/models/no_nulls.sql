select id, nullif(account, 2) as account from {{ ref('payments') }}
