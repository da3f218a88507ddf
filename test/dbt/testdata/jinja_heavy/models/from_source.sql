{{ config(materialized='view') }}
-- depends_on: {{ ref('payments') }}
select count(*) as n, '{{ source("bank", "payments") }}' as rendered from {{ source('bank', 'payments') }}
