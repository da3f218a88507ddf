{{ config(severity='error', tags=['prices']) }}
select * from {{ ref('int_priced_sales') }} where amount is null
