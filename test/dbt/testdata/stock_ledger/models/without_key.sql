select id, quantity from {{ ref('moved') }}
