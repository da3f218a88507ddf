-- A file and a line in it name one row of fct_sales: nothing was loaded twice, no join multiplied.

select
    _tarn_file,
    _tarn_line,
    count(*) as copies
from {{ ref('fct_sales') }}
group by _tarn_file, _tarn_line
having count(*) > 1
