{{ config(alias='customers_clean') }}

select
    id as customer_id,
    {{ first_word('name') }} as first_name,
    joined_on,
    newsletter,
    nullif(note, '') as note
from {{ ref('raw_customers') }}
