select id, reference as "Reference" from {{ ref('payments') }}
