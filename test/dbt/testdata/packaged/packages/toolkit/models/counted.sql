select count(*) as n, '{{ var("greeting") }}' as greeting, {{ var('toolkit_only') }} as only_here from {{ ref('numbers') }}
