select 'latest' as which, count(*) as n from {{ ref('accounts') }}
union all select 'v1', count(*) from {{ ref('accounts', v=1) }}
union all select 'v2', count(*) from {{ ref('accounts', version=2) }}
