select account, id from {{ ref('payments') }}
