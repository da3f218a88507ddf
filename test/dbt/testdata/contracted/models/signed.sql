select id, account, amount, amount > 6 as large, {'a': id, 'b': reference} as parts, [id] as list, null as nothing from {{ ref('payments') }}
