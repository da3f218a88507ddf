select * from {{ ref('held') }} where zone in (select zone from {{ ref('zones') }})
