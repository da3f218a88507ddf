select id, name, extract(year from since) as year from {{ ref('big') }}
