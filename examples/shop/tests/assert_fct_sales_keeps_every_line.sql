-- From the raw table to the fact table nothing is lost and nothing is rounded.

with raw as (

    select
        count(*) as lines,
        sum(Quantity * UnitPrice) as net_sales
    from {{ source('retail', 'invoices') }}

),

facts as (

    select
        count(*) as lines,
        sum(line_amount) as net_sales
    from {{ ref('fct_sales') }}

)

select
    raw.lines as raw_lines,
    facts.lines as fact_lines,
    raw.net_sales as raw_net_sales,
    facts.net_sales as fact_net_sales
from raw
cross join facts
where raw.lines is distinct from facts.lines
    or raw.net_sales is distinct from facts.net_sales
