-- Line 8899 has a quote that is never closed. It must not have become a row, and it must not have
-- taken its neighbours with it.

with expected (_tarn_line, rows_expected) as (

    values (8898, 1), (8899, 0), (8900, 1)

)

select
    expected._tarn_line,
    expected.rows_expected,
    count(raw._tarn_line) as rows_found
from expected
left join {{ source('web', 'access_log') }} as raw
    on raw._tarn_line = expected._tarn_line
group by expected._tarn_line, expected.rows_expected
having count(raw._tarn_line) <> expected.rows_expected
