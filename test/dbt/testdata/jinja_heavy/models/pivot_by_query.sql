{% set methods = methods() %}
select
    paid_on,
    {% for m in methods %}
    sum(case when method = '{{ m }}' then amount end) as {{ m }}_amount{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('payments') }} group by paid_on
