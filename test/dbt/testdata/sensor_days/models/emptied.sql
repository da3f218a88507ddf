select count(*) as n, 'seed' as of from {{ ref('readings') }}
union all select count(*), 'source' from {{ source('raw', 'unseen') }}
union all select count(*), 'ephemeral' from {{ ref('fresh') }}
union all select count(*), 'view' from {{ ref('sampled_view') }} as v
