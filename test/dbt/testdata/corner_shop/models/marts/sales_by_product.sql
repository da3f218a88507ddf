{%- set products = ['apple', 'bread', 'cheese'] -%}

select
    sold_on,
    {%- for product in products %}
    sum(case when product = '{{ product }}' then quantity else 0 end) as {{ product }}_sold
    {%- if not loop.last %},{% endif %}
    {%- endfor %},
    sum(quantity)::integer as items
from {{ ref('int_priced_sales') }}
group by sold_on
