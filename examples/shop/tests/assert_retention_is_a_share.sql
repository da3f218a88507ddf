-- A rate lies between 0 and 1, and in its first month all of a cohort ordered.

select *
from {{ ref('retention') }}
where retention_rate <= 0
    or retention_rate > 1
    or customers > cohort_size
    or (months_since = 0 and customers <> cohort_size)
    or months_since < 0
