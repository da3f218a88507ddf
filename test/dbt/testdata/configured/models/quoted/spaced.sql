{{ config(materialized='table', contract={'enforced': true}) }}
select "order", "Full Name", code as "select" from {{ ref('bare') }}
