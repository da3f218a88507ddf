{{ config(incremental_strategy='append') }}
select id, item, quantity, told_on, {{ 'true' if is_incremental() else 'false' }} as incremental
from {{ ref('moved') }}
