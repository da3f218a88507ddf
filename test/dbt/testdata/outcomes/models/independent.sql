select n, n * 2 as twice from {{ ref('numbers') }}
