select 'seed' as of, count(*) as n from {{ ref('readings') }}
union all select 'seed whole', count(*) from {{ ref('readings').render() }}
union all select 'no time', count(*) from {{ ref('devices') }}
union all select 'source', count(*) from {{ source('raw', 'seen') }}
union all select 'source without time', count(*) from {{ source('raw', 'unseen') }}
union all select 'ephemeral', count(*) from {{ ref('fresh') }}
union all select 'counted in it', max(n) from {{ ref('fresh') }}
union all select 'view', count(*) from {{ ref('sampled_view') }}
