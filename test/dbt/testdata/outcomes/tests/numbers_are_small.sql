select * from {{ ref('numbers') }} where n > 1
