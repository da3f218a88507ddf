select count(*) as n from {{ ref('halting') }}
