select * from {{ ref('other_types') }}
