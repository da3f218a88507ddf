-- 885 customers first ordered in December 2010, and 445 of them again eleven months later.
-- Counted without Tarn; no later day changes it.

with expected (months_since, cohort_size, customers) as (

    values
        (0, 885, 885),
        (11, 885, 445)

)

select
    expected.*,
    retention.customers as actual_customers
from expected
left join {{ ref('retention') }} as retention
    on retention.cohort_month = date '2010-12-01'
    and retention.months_since = expected.months_since
where retention.customers is null
    or retention.customers <> expected.customers
    or retention.cohort_size <> expected.cohort_size
