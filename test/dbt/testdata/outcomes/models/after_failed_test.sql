select * from {{ ref('fine') }}
