{{ config(materialized='view') }}

-- The countries that the shop knows how to ship to. A country that is not in the seed
-- fails the relationships test of fct_sales.

select
    country,
    country_name,
    iso_code,
    region,
    country = 'United Kingdom' as is_domestic
from {{ ref('country_regions') }}
