select day from {{ ref('days') }}
