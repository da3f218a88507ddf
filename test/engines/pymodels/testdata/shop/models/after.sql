select * from {{ ref('raising') }}
