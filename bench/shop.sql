-- The work of `tarn build` on examples/shop for plain DuckDB, with
-- match_cancellations: true. Compiled from examples/shop by
-- bench/shop/compile.py: change the models, then compile again. bench/shop/run.py runs it.

-- step: load retail.invoices
-- row_number() over () keeps the order of the files whatever the setting; nothing else needs an order.
set preserve_insertion_order = false;
create schema retail;
create table retail.invoices as
with lines as materialized (

    select *, row_number() over () as nth_row
    from read_csv(
        getvariable('data_dir') || '/*.csv*',
        auto_detect = false,
        header = true,
        delim = ',',
        quote = '"',
        escape = '"',
        filename = true,
        columns = {
            InvoiceNo: 'varchar',
            StockCode: 'varchar',
            Description: 'varchar',
            Quantity: 'bigint',
            InvoiceDate: 'timestamp',
            UnitPrice: 'decimal(18,3)',
            CustomerID: 'varchar',
            Country: 'varchar'
        }
    )

),

files as (

    select
        filename,
        min(nth_row) as first_row,
        'data/online_retail/' || parse_filename(filename) as _tarn_file
    from lines
    group by filename

)

-- no record of the shop spans lines, so a row's number in its file gives its line: the header is line 1
select
    InvoiceNo,
    StockCode,
    Description,
    Quantity,
    InvoiceDate,
    UnitPrice,
    CustomerID,
    Country,
    _tarn_file,
    nth_row - first_row + 2 as _tarn_line,
    'bench' as _tarn_load_id,
    now() as _tarn_loaded_at
from lines
inner join files using (filename);
copy retail.invoices to (getvariable('output_dir') || '/invoices.parquet') (format parquet, compression zstd);

-- step: seed country_regions
create table country_regions as
select * from read_csv(getvariable('seed_dir') || '/country_regions.csv', all_varchar = true, header = true);
copy country_regions to (getvariable('output_dir') || '/country_regions.parquet') (format parquet, compression zstd);

-- step: seed special_stock_codes
create table special_stock_codes as
select * from read_csv(getvariable('seed_dir') || '/special_stock_codes.csv', all_varchar = true, header = true);
copy special_stock_codes to (getvariable('output_dir') || '/special_stock_codes.parquet') (format parquet, compression zstd);

-- step: model dim_country after country_regions
create view dim_country as
-- The countries that the shop knows how to ship to. A country that is not in the seed
-- fails the relationships test of fct_sales.

select
    country,
    country_name,
    iso_code,
    region,
    country = 'United Kingdom' as is_domestic
from country_regions;

-- step: model stg_invoices after retail.invoices
create view stg_invoices as
-- The raw lines under readable names and honest types. Nothing is filtered and nothing is summed.

with raw as (

    select * from retail.invoices

),

cleaned as (

    select
        InvoiceNo as invoice_no,
        upper(trim(StockCode)) as stock_code,
        nullif(trim(Description), '') as description,
        cast(Quantity as bigint) as quantity,
        cast(UnitPrice as decimal(18, 3)) as unit_price,
        cast(InvoiceDate as timestamp) as invoiced_at,
        -- the shop's export writes customer numbers as 17850.0
        nullif(split_part(CustomerID, '.', 1), '') as customer_id,
        Country as country,
        _tarn_file,
        _tarn_line
    from raw

)

select
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    cast(quantity * unit_price as decimal(18, 3)) as line_amount,
    invoiced_at,
    cast(invoiced_at as date) as sales_date,
    invoice_no like 'C%' as is_cancellation,
    customer_id,
    country,
    _tarn_file,
    _tarn_line
from cleaned;

-- step: model dim_customer after stg_invoices
create table dim_customer as
-- One row per known customer. Nine customers moved: the country is that of their latest invoice.

with lines as (

    select customer_id, country, invoice_no, invoiced_at
    from stg_invoices
    where customer_id is not null

),

latest as (

    select
        customer_id,
        country,
        row_number() over (
            partition by customer_id
            order by invoiced_at desc, invoice_no desc, country
        ) as nth_latest
    from lines

),

activity as (

    select
        customer_id,
        count(distinct invoice_no) as invoices,
        cast(min(invoiced_at) as date) as first_seen_on,
        cast(max(invoiced_at) as date) as last_seen_on
    from lines
    group by customer_id

)

select
    activity.customer_id,
    latest.country,
    activity.invoices,
    activity.first_seen_on,
    activity.last_seen_on
from activity
inner join latest
    on latest.customer_id = activity.customer_id
    and latest.nth_latest = 1;
copy dim_customer to (getvariable('output_dir') || '/dim_customer.parquet') (format parquet, compression zstd);

-- step: model dim_date after stg_invoices
create table dim_date as
-- Every calendar day from the first to the last day of trading, whether the shop traded or not.

with trading_days as (

    select distinct sales_date
    from stg_invoices

),

calendar as (

    select cast(
        unnest(generate_series(min(sales_date), max(sales_date), interval 1 day)) as date
    ) as date_day
    from trading_days

)

select
    calendar.date_day,
    cast(extract(year from calendar.date_day) as integer) as year_number,
    cast(extract(quarter from calendar.date_day) as integer) as quarter_number,
    cast(extract(month from calendar.date_day) as integer) as month_number,
    cast(date_trunc('month', calendar.date_day) as date) as month_start,
    cast(extract(isodow from calendar.date_day) as integer) as iso_weekday,
    trading_days.sales_date is not null as is_trading_day
from calendar
left join trading_days
    on trading_days.sales_date = calendar.date_day;
copy dim_date to (getvariable('output_dir') || '/dim_date.parquet') (format parquet, compression zstd);

-- step: model dim_product after special_stock_codes, stg_invoices
create table dim_product as
-- One row per stock code. Clerks also typed remarks ("damaged", "thrown away") where the name of
-- the product belongs, so a name counts only where the product was sold for a price, and the
-- most used one wins. What was never sold has no name.

with lines as (

    select
        stock_code,
        description,
        sales_date,
        quantity > 0 and unit_price > 0 as is_sale
    from stg_invoices

),

names as (

    select
        stock_code,
        description,
        row_number() over (
            partition by stock_code
            order by count(*) desc, description
        ) as nth_most_used
    from lines
    where is_sale and description is not null
    group by stock_code, description

),

products as (

    select
        stock_code,
        min(case when is_sale then sales_date end) as first_sold_on,
        max(case when is_sale then sales_date end) as last_sold_on
    from lines
    group by stock_code

)

select
    products.stock_code,
    names.description,
    coalesce(special.kind, 'product') as kind,
    products.first_sold_on,
    products.last_sold_on
from products
left join names
    on names.stock_code = products.stock_code
    and names.nth_most_used = 1
left join special_stock_codes as special
    on special.stock_code = products.stock_code;
copy dim_product to (getvariable('output_dir') || '/dim_product.parquet') (format parquet, compression zstd);

-- step: model fct_sales after stg_invoices
create table fct_sales as
-- The fact table: one row per invoice line, exactly as many as arrived.

select
    invoice_no,
    stock_code,
    customer_id,
    country,
    sales_date,
    invoiced_at,
    case
        when is_cancellation then 'cancellation'
        when quantity > 0 and unit_price > 0 and invoice_no not like 'A%' then 'sale'
        else 'adjustment'
    end as line_type,
    quantity,
    unit_price,
    line_amount,
    _tarn_file,
    _tarn_line
from stg_invoices;
copy fct_sales to (getvariable('output_dir') || '/fct_sales.parquet') (format parquet, compression zstd);

-- step: model customer_invoices after fct_sales
create view customer_invoices as
-- One row per invoice of a known customer. Ephemeral: a step of the customer marts, not a table.

select
    customer_id,
    invoice_no,
    line_type = 'cancellation' as is_cancellation,
    min(sales_date) as invoiced_on,
    cast(date_trunc('month', min(sales_date)) as date) as invoice_month,
    cast(sum(line_amount) as decimal(18, 3)) as amount
from fct_sales
where customer_id is not null
    and line_type <> 'adjustment'
group by customer_id, invoice_no, line_type;

-- step: model customer_cohorts after customer_invoices
create table customer_cohorts as
-- Each customer belongs to the month of the first order.

select
    customer_id,
    min(invoice_month) as cohort_month,
    min(invoiced_on) as first_order_on,
    count(*) as orders,
    cast(sum(amount) as decimal(18, 3)) as ordered_amount
from customer_invoices
where not is_cancellation
group by customer_id;
copy customer_cohorts to (getvariable('output_dir') || '/customer_cohorts.parquet') (format parquet, compression zstd);

-- step: model matched_cancellations after fct_sales
create view matched_cancellations as
-- Which order line does a cancellation line cancel? The invoices do not say, so:
--
--   A cancellation line cancels the newest earlier order line of the same customer, stock code,
--   quantity and unit price. If several cancellation lines claim one order line, the earliest has it.
--
-- So each order line is cancelled at most once, and each cancellation line cancels at most one.
-- A line that is repeated within its invoice is numbered: the second copy cancels a second copy.
-- Lines without a customer, and partial cancellations, match nothing.

with lines as (

    select
        *,
        row_number() over (
            partition by invoice_no, stock_code, quantity, unit_price, invoiced_at
            order by _tarn_file, _tarn_line
        ) as copy_number
    from fct_sales
    where customer_id is not null

),

claims as (

    select
        cancelling.invoice_no as cancelled_by,
        cancelling.invoiced_at as cancelled_at,
        cancelling.sales_date as cancelled_on,
        cancelling._tarn_file as cancelled_in_file,
        cancelling._tarn_line as cancelled_in_line,
        ordered.invoice_no,
        ordered.invoiced_at,
        ordered.sales_date,
        ordered.customer_id,
        ordered.stock_code,
        ordered.quantity,
        ordered.unit_price,
        ordered.line_amount,
        ordered._tarn_file,
        ordered._tarn_line,
        row_number() over (
            partition by cancelling._tarn_file, cancelling._tarn_line
            order by ordered.invoiced_at desc, ordered._tarn_file desc, ordered._tarn_line desc
        ) as nth_newest_order
    from lines as cancelling
    inner join lines as ordered
        on ordered.customer_id = cancelling.customer_id
        and ordered.stock_code = cancelling.stock_code
        and ordered.quantity = -cancelling.quantity
        and ordered.unit_price = cancelling.unit_price
        and ordered.copy_number = cancelling.copy_number
        and ordered.invoiced_at < cancelling.invoiced_at
    where cancelling.line_type = 'cancellation'
        and ordered.line_type = 'sale'

),

ranked as (

    select
        *,
        row_number() over (
            partition by _tarn_file, _tarn_line
            order by cancelled_at, cancelled_in_file, cancelled_in_line
        ) as nth_claim
    from claims
    where nth_newest_order = 1

)

select
    invoice_no,
    stock_code,
    customer_id,
    sales_date,
    invoiced_at,
    quantity,
    unit_price,
    line_amount,
    _tarn_file,
    _tarn_line,
    cancelled_by,
    cancelled_on,
    cancelled_at,
    cancelled_in_file,
    cancelled_in_line
from ranked
where nth_claim = 1;

-- step: model cancellations after matched_cancellations
create table cancellations as
-- Cancelled order lines, each beside the line that cancelled it.

select
    *,
    cancelled_on = sales_date as is_same_day,
    date_diff('minute', invoiced_at, cancelled_at) as minutes_to_cancel
from matched_cancellations;
copy cancellations to (getvariable('output_dir') || '/cancellations.parquet') (format parquet, compression zstd);

-- step: model counted_lines after cancellations, fct_sales
create view counted_lines as
-- The lines that count as a day's business. With match_cancellations, an order line that was
-- cancelled on the day it was placed never happened, and neither did its cancellation:
-- both go, so gross sales lose the line and net sales stay what they were.

select lines.*
from fct_sales as lines
left join cancellations as cancelled
    on cancelled._tarn_file = lines._tarn_file
    and cancelled._tarn_line = lines._tarn_line
    and cancelled.is_same_day
left join cancellations as cancelling
    on cancelling.cancelled_in_file = lines._tarn_file
    and cancelling.cancelled_in_line = lines._tarn_line
    and cancelling.is_same_day
where cancelled.invoice_no is null
    and cancelling.cancelled_by is null;

-- step: model daily_sales after counted_lines
create table daily_sales as
-- One row per trading day. net_sales = gross_sales + returned_sales, to the tenth of a penny.

with days as (

    select
        sales_date,
        count(distinct case when line_type = 'sale' then invoice_no end) as orders,
        count(*) as lines,
        cast(sum(case when quantity > 0 then quantity else 0 end) as bigint) as units,
        cast(sum(case when quantity > 0 then line_amount else 0 end) as decimal(18, 3)) as gross_sales,
        cast(sum(case when quantity < 0 then line_amount else 0 end) as decimal(18, 3)) as returned_sales,
        cast(sum(line_amount) as decimal(18, 3)) as net_sales
    from counted_lines
    group by sales_date

)

select
    sales_date,
    orders,
    lines,
    units,
    gross_sales,
    returned_sales,
    net_sales,
    cast(
        avg(gross_sales) over (order by sales_date rows between 6 preceding and current row)
        as decimal(18, 3)
    ) as gross_sales_7_day_mean
from days;
copy daily_sales to (getvariable('output_dir') || '/daily_sales.parquet') (format parquet, compression zstd);

-- step: model monthly_sales after daily_sales
create table monthly_sales as
-- The days added up by month, with the best day of each.

with ranked as (

    select
        *,
        cast(date_trunc('month', sales_date) as date) as sales_month,
        row_number() over (
            partition by date_trunc('month', sales_date)
            order by gross_sales desc, sales_date
        ) as nth_best
    from daily_sales

)

select
    sales_month,
    count(*) as trading_days,
    cast(sum(orders) as bigint) as orders,
    cast(sum(gross_sales) as decimal(18, 3)) as gross_sales,
    cast(sum(net_sales) as decimal(18, 3)) as net_sales,
    max(case when nth_best = 1 then sales_date end) as best_day,
    max(case when nth_best = 1 then gross_sales end) as best_day_gross_sales
from ranked
group by sales_month;
copy monthly_sales to (getvariable('output_dir') || '/monthly_sales.parquet') (format parquet, compression zstd);

-- step: model retention after customer_cohorts, customer_invoices
create table retention as
-- How many customers of a cohort ordered again, month by month since their first order.

with active as (

    select distinct
        cohorts.cohort_month,
        cohorts.customer_id,
        12 * (extract(year from invoices.invoice_month) - extract(year from cohorts.cohort_month))
        + extract(month from invoices.invoice_month)
        - extract(month from cohorts.cohort_month) as months_since
    from customer_cohorts as cohorts
    inner join customer_invoices as invoices
        on invoices.customer_id = cohorts.customer_id
    where not invoices.is_cancellation

),

sizes as (

    select cohort_month, count(*) as cohort_size
    from customer_cohorts
    group by cohort_month

)

select
    active.cohort_month,
    cast(active.months_since as integer) as months_since,
    sizes.cohort_size,
    count(*) as customers,
    cast(1.0 * count(*) / sizes.cohort_size as decimal(6, 4)) as retention_rate
from active
inner join sizes
    on sizes.cohort_month = active.cohort_month
group by active.cohort_month, active.months_since, sizes.cohort_size;
copy retention to (getvariable('output_dir') || '/retention.parquet') (format parquet, compression zstd);

-- step: model rfm after customer_invoices, fct_sales
create table rfm as
-- Recency, frequency and money: each customer scored from 1 to 5 on each, 5 is best.
-- Ties are broken by the customer number, so the scores are the same on every run.

with today as (

    select max(sales_date) as last_trading_day
    from fct_sales

),

figures as (

    select
        customer_id,
        max(case when not is_cancellation then invoiced_on end) as last_order_on,
        sum(case when not is_cancellation then 1 else 0 end) as orders,
        sum(amount) as spent
    from customer_invoices
    group by customer_id

),

scored as (

    select
        figures.customer_id,
        date_diff('day', figures.last_order_on, today.last_trading_day) as recency_days,
        cast(figures.orders as bigint) as frequency,
        cast(figures.spent as decimal(18, 3)) as monetary,
        ntile(5) over (order by figures.last_order_on, figures.customer_id) as recency_score,
        ntile(5) over (order by figures.orders, figures.customer_id) as frequency_score,
        ntile(5) over (order by figures.spent, figures.customer_id) as monetary_score
    from figures
    cross join today
    -- a few customers only ever cancelled
    where figures.orders > 0

)

select
    customer_id,
    recency_days,
    frequency,
    monetary,
    recency_score,
    frequency_score,
    monetary_score,
    case
        when recency_score >= 4 and frequency_score >= 4 and monetary_score >= 4 then 'champion'
        when frequency_score >= 4 then 'loyal'
        when recency_score >= 4 then 'recent'
        when recency_score <= 2 and monetary_score >= 4 then 'at risk'
        when recency_score <= 2 then 'dormant'
        else 'regular'
    end as segment
from scored;
copy rfm to (getvariable('output_dir') || '/rfm.parquet') (format parquet, compression zstd);

-- step: model top_products_by_month after counted_lines, dim_product
create table top_products_by_month as
-- The ten best sellers of each month by pieces sold, with the three ways to number a ranking
-- side by side: rank leaves gaps after a tie, dense_rank does not, row_number breaks the tie.

with sold as (

    select
        cast(date_trunc('month', lines.sales_date) as date) as sales_month,
        lines.stock_code,
        count(distinct lines.invoice_no) as orders,
        cast(sum(lines.quantity) as bigint) as units,
        cast(sum(lines.line_amount) as decimal(18, 3)) as gross_sales
    from counted_lines as lines
    where lines.line_type = 'sale'
    group by 1, 2

),

ranked as (

    select
        sold.*,
        products.description,
        rank() over by_units as units_rank,
        dense_rank() over by_units as units_dense_rank,
        row_number() over (
            partition by sold.sales_month
            order by sold.units desc, sold.stock_code
        ) as units_row_number
    from sold
    inner join dim_product as products
        on products.stock_code = sold.stock_code
    where products.kind = 'product'
    window by_units as (partition by sold.sales_month order by sold.units desc)

)

select
    sales_month,
    stock_code,
    description,
    orders,
    units,
    gross_sales,
    units_rank,
    units_dense_rank,
    units_row_number
from ranked
where units_rank <= 10;
copy top_products_by_month to (getvariable('output_dir') || '/top_products_by_month.parquet') (format parquet, compression zstd);

-- step: test not_null_retail_invoices_InvoiceNo after retail.invoices
select 'not_null_retail_invoices_InvoiceNo' as test, count(*) > 0 as failed from (
select InvoiceNo from (select * from retail.invoices where true) where InvoiceNo is null
);

-- step: test not_null_retail_invoices_StockCode after retail.invoices
select 'not_null_retail_invoices_StockCode' as test, count(*) > 0 as failed from (
select StockCode from (select * from retail.invoices where true) where StockCode is null
);

-- step: test not_null_retail_invoices_Quantity after retail.invoices
select 'not_null_retail_invoices_Quantity' as test, count(*) > 0 as failed from (
select Quantity from (select * from retail.invoices where true) where Quantity is null
);

-- step: test not_null_retail_invoices_InvoiceDate after retail.invoices
select 'not_null_retail_invoices_InvoiceDate' as test, count(*) > 0 as failed from (
select InvoiceDate from (select * from retail.invoices where true) where InvoiceDate is null
);

-- step: test not_null_retail_invoices_UnitPrice after retail.invoices
select 'not_null_retail_invoices_UnitPrice' as test, count(*) > 0 as failed from (
select UnitPrice from (select * from retail.invoices where true) where UnitPrice is null
);

-- step: test not_null_retail_invoices_Country after retail.invoices
select 'not_null_retail_invoices_Country' as test, count(*) > 0 as failed from (
select Country from (select * from retail.invoices where true) where Country is null
);

-- step: test unique_country_regions_country after country_regions
select 'unique_country_regions_country' as test, count(*) > 0 as failed from (
select country from (select * from country_regions where true) where country is not null group by country having count(*) > 1
);

-- step: test not_null_country_regions_country after country_regions
select 'not_null_country_regions_country' as test, count(*) > 0 as failed from (
select country from (select * from country_regions where true) where country is null
);

-- step: test not_null_country_regions_country_name after country_regions
select 'not_null_country_regions_country_name' as test, count(*) > 0 as failed from (
select country_name from (select * from country_regions where true) where country_name is null
);

-- step: test unique_country_regions_iso_code after country_regions
select 'unique_country_regions_iso_code' as test, count(*) > 0 as failed from (
select iso_code from (select * from country_regions where true) where iso_code is not null group by iso_code having count(*) > 1
);

-- step: test not_null_country_regions_region after country_regions
select 'not_null_country_regions_region' as test, count(*) > 0 as failed from (
select region from (select * from country_regions where true) where region is null
);

-- step: test unique_special_stock_codes_stock_code after special_stock_codes
select 'unique_special_stock_codes_stock_code' as test, count(*) > 0 as failed from (
select stock_code from (select * from special_stock_codes where true) where stock_code is not null group by stock_code having count(*) > 1
);

-- step: test not_null_special_stock_codes_stock_code after special_stock_codes
select 'not_null_special_stock_codes_stock_code' as test, count(*) > 0 as failed from (
select stock_code from (select * from special_stock_codes where true) where stock_code is null
);

-- step: test accepted_values_special_stock_codes_kind after special_stock_codes
select 'accepted_values_special_stock_codes_kind' as test, count(*) > 0 as failed from (
select kind from (select distinct kind from (select * from special_stock_codes where true)) where kind not in ('adjustment', 'discount', 'fee', 'postage', 'sample', 'voucher')
);

-- step: test not_null_fct_sales_invoice_no after fct_sales
select 'not_null_fct_sales_invoice_no' as test, count(*) > 0 as failed from (
select invoice_no from (select * from fct_sales where true) where invoice_no is null
);

-- step: test not_null_fct_sales_stock_code after fct_sales
select 'not_null_fct_sales_stock_code' as test, count(*) > 0 as failed from (
select stock_code from (select * from fct_sales where true) where stock_code is null
);

-- step: test relationships_fct_sales_stock_code after dim_product, fct_sales
select 'relationships_fct_sales_stock_code' as test, count(*) > 0 as failed from (
select child.stock_code from (select * from fct_sales where true) as child left join dim_product as parent
on parent.stock_code = child.stock_code where child.stock_code is not null and parent.stock_code is null
);

-- step: test relationships_fct_sales_customer_id after dim_customer, fct_sales
select 'relationships_fct_sales_customer_id' as test, count(*) > 0 as failed from (
select child.customer_id from (select * from fct_sales where true) as child left join dim_customer as parent
on parent.customer_id = child.customer_id where child.customer_id is not null and parent.customer_id is null
);

-- step: test not_null_fct_sales_country after fct_sales
select 'not_null_fct_sales_country' as test, count(*) > 0 as failed from (
select country from (select * from fct_sales where true) where country is null
);

-- step: test relationships_fct_sales_country after dim_country, fct_sales
select 'relationships_fct_sales_country' as test, count(*) > 0 as failed from (
select child.country from (select * from fct_sales where true) as child left join dim_country as parent
on parent.country = child.country where child.country is not null and parent.country is null
);

-- step: test not_null_fct_sales_sales_date after fct_sales
select 'not_null_fct_sales_sales_date' as test, count(*) > 0 as failed from (
select sales_date from (select * from fct_sales where true) where sales_date is null
);

-- step: test relationships_fct_sales_sales_date after dim_date, fct_sales
select 'relationships_fct_sales_sales_date' as test, count(*) > 0 as failed from (
select child.sales_date from (select * from fct_sales where true) as child left join dim_date as parent
on parent.date_day = child.sales_date where child.sales_date is not null and parent.date_day is null
);

-- step: test accepted_values_fct_sales_line_type after fct_sales
select 'accepted_values_fct_sales_line_type' as test, count(*) > 0 as failed from (
select line_type from (select distinct line_type from (select * from fct_sales where true)) where line_type not in ('sale', 'cancellation', 'adjustment')
);

-- step: test not_null_fct_sales_line_amount after fct_sales
select 'not_null_fct_sales_line_amount' as test, count(*) > 0 as failed from (
select line_amount from (select * from fct_sales where true) where line_amount is null
);

-- step: test unique_dim_customer_customer_id after dim_customer
select 'unique_dim_customer_customer_id' as test, count(*) > 0 as failed from (
select customer_id from (select * from dim_customer where true) where customer_id is not null group by customer_id having count(*) > 1
);

-- step: test not_null_dim_customer_customer_id after dim_customer
select 'not_null_dim_customer_customer_id' as test, count(*) > 0 as failed from (
select customer_id from (select * from dim_customer where true) where customer_id is null
);

-- step: test relationships_dim_customer_country after dim_country, dim_customer
select 'relationships_dim_customer_country' as test, count(*) > 0 as failed from (
select child.country from (select * from dim_customer where true) as child left join dim_country as parent
on parent.country = child.country where child.country is not null and parent.country is null
);

-- step: test not_null_dim_customer_first_seen_on after dim_customer
select 'not_null_dim_customer_first_seen_on' as test, count(*) > 0 as failed from (
select first_seen_on from (select * from dim_customer where true) where first_seen_on is null
);

-- step: test not_null_dim_customer_last_seen_on after dim_customer
select 'not_null_dim_customer_last_seen_on' as test, count(*) > 0 as failed from (
select last_seen_on from (select * from dim_customer where true) where last_seen_on is null
);

-- step: test unique_dim_product_stock_code after dim_product
select 'unique_dim_product_stock_code' as test, count(*) > 0 as failed from (
select stock_code from (select * from dim_product where true) where stock_code is not null group by stock_code having count(*) > 1
);

-- step: test not_null_dim_product_stock_code after dim_product
select 'not_null_dim_product_stock_code' as test, count(*) > 0 as failed from (
select stock_code from (select * from dim_product where true) where stock_code is null
);

-- step: test not_null_dim_product_description after dim_product
select 'not_null_dim_product_description' as test, count(*) > 0 as failed from (
select description from (select * from dim_product where first_sold_on is not null) where description is null
);

-- step: test accepted_values_dim_product_kind after dim_product
select 'accepted_values_dim_product_kind' as test, count(*) > 0 as failed from (
select kind from (select distinct kind from (select * from dim_product where true)) where kind not in ('product', 'adjustment', 'discount', 'fee', 'postage', 'sample', 'voucher')
);

-- step: test unique_dim_country_country after dim_country
select 'unique_dim_country_country' as test, count(*) > 0 as failed from (
select country from (select * from dim_country where true) where country is not null group by country having count(*) > 1
);

-- step: test not_null_dim_country_country after dim_country
select 'not_null_dim_country_country' as test, count(*) > 0 as failed from (
select country from (select * from dim_country where true) where country is null
);

-- step: test not_null_dim_country_region after dim_country
select 'not_null_dim_country_region' as test, count(*) > 0 as failed from (
select region from (select * from dim_country where true) where region is null
);

-- step: test unique_dim_date_date_day after dim_date
select 'unique_dim_date_date_day' as test, count(*) > 0 as failed from (
select date_day from (select * from dim_date where true) where date_day is not null group by date_day having count(*) > 1
);

-- step: test not_null_dim_date_date_day after dim_date
select 'not_null_dim_date_date_day' as test, count(*) > 0 as failed from (
select date_day from (select * from dim_date where true) where date_day is null
);

-- step: test accepted_values_dim_date_iso_weekday after dim_date
select 'accepted_values_dim_date_iso_weekday' as test, count(*) > 0 as failed from (
select iso_weekday from (select distinct iso_weekday from (select * from dim_date where true)) where iso_weekday not in (1, 2, 3, 4, 5, 6, 7)
);

-- step: test not_null_dim_date_is_trading_day after dim_date
select 'not_null_dim_date_is_trading_day' as test, count(*) > 0 as failed from (
select is_trading_day from (select * from dim_date where true) where is_trading_day is null
);

-- step: test not_null_cancellations_invoice_no after cancellations
select 'not_null_cancellations_invoice_no' as test, count(*) > 0 as failed from (
select invoice_no from (select * from cancellations where true) where invoice_no is null
);

-- step: test not_null_cancellations_customer_id after cancellations
select 'not_null_cancellations_customer_id' as test, count(*) > 0 as failed from (
select customer_id from (select * from cancellations where true) where customer_id is null
);

-- step: test not_null_cancellations_cancelled_by after cancellations
select 'not_null_cancellations_cancelled_by' as test, count(*) > 0 as failed from (
select cancelled_by from (select * from cancellations where true) where cancelled_by is null
);

-- step: test not_null_cancellations_is_same_day after cancellations
select 'not_null_cancellations_is_same_day' as test, count(*) > 0 as failed from (
select is_same_day from (select * from cancellations where true) where is_same_day is null
);

-- step: test unique_daily_sales_sales_date after daily_sales
select 'unique_daily_sales_sales_date' as test, count(*) > 0 as failed from (
select sales_date from (select * from daily_sales where true) where sales_date is not null group by sales_date having count(*) > 1
);

-- step: test not_null_daily_sales_sales_date after daily_sales
select 'not_null_daily_sales_sales_date' as test, count(*) > 0 as failed from (
select sales_date from (select * from daily_sales where true) where sales_date is null
);

-- step: test not_null_daily_sales_orders after daily_sales
select 'not_null_daily_sales_orders' as test, count(*) > 0 as failed from (
select orders from (select * from daily_sales where true) where orders is null
);

-- step: test not_null_daily_sales_gross_sales after daily_sales
select 'not_null_daily_sales_gross_sales' as test, count(*) > 0 as failed from (
select gross_sales from (select * from daily_sales where true) where gross_sales is null
);

-- step: test not_null_daily_sales_net_sales after daily_sales
select 'not_null_daily_sales_net_sales' as test, count(*) > 0 as failed from (
select net_sales from (select * from daily_sales where true) where net_sales is null
);

-- step: test unique_monthly_sales_sales_month after monthly_sales
select 'unique_monthly_sales_sales_month' as test, count(*) > 0 as failed from (
select sales_month from (select * from monthly_sales where true) where sales_month is not null group by sales_month having count(*) > 1
);

-- step: test not_null_monthly_sales_sales_month after monthly_sales
select 'not_null_monthly_sales_sales_month' as test, count(*) > 0 as failed from (
select sales_month from (select * from monthly_sales where true) where sales_month is null
);

-- step: test not_null_monthly_sales_gross_sales after monthly_sales
select 'not_null_monthly_sales_gross_sales' as test, count(*) > 0 as failed from (
select gross_sales from (select * from monthly_sales where true) where gross_sales is null
);

-- step: test relationships_monthly_sales_best_day after daily_sales, monthly_sales
select 'relationships_monthly_sales_best_day' as test, count(*) > 0 as failed from (
select child.best_day from (select * from monthly_sales where true) as child left join daily_sales as parent
on parent.sales_date = child.best_day where child.best_day is not null and parent.sales_date is null
);

-- step: test not_null_top_products_by_month_sales_month after top_products_by_month
select 'not_null_top_products_by_month_sales_month' as test, count(*) > 0 as failed from (
select sales_month from (select * from top_products_by_month where true) where sales_month is null
);

-- step: test relationships_top_products_by_month_stock_code after dim_product, top_products_by_month
select 'relationships_top_products_by_month_stock_code' as test, count(*) > 0 as failed from (
select child.stock_code from (select * from top_products_by_month where true) as child left join dim_product as parent
on parent.stock_code = child.stock_code where child.stock_code is not null and parent.stock_code is null
);

-- step: test not_null_top_products_by_month_description after top_products_by_month
select 'not_null_top_products_by_month_description' as test, count(*) > 0 as failed from (
select description from (select * from top_products_by_month where true) where description is null
);

-- step: test unique_customer_cohorts_customer_id after customer_cohorts
select 'unique_customer_cohorts_customer_id' as test, count(*) > 0 as failed from (
select customer_id from (select * from customer_cohorts where true) where customer_id is not null group by customer_id having count(*) > 1
);

-- step: test not_null_customer_cohorts_customer_id after customer_cohorts
select 'not_null_customer_cohorts_customer_id' as test, count(*) > 0 as failed from (
select customer_id from (select * from customer_cohorts where true) where customer_id is null
);

-- step: test relationships_customer_cohorts_customer_id after customer_cohorts, dim_customer
select 'relationships_customer_cohorts_customer_id' as test, count(*) > 0 as failed from (
select child.customer_id from (select * from customer_cohorts where true) as child left join dim_customer as parent
on parent.customer_id = child.customer_id where child.customer_id is not null and parent.customer_id is null
);

-- step: test not_null_customer_cohorts_cohort_month after customer_cohorts
select 'not_null_customer_cohorts_cohort_month' as test, count(*) > 0 as failed from (
select cohort_month from (select * from customer_cohorts where true) where cohort_month is null
);

-- step: test not_null_retention_cohort_month after retention
select 'not_null_retention_cohort_month' as test, count(*) > 0 as failed from (
select cohort_month from (select * from retention where true) where cohort_month is null
);

-- step: test not_null_retention_months_since after retention
select 'not_null_retention_months_since' as test, count(*) > 0 as failed from (
select months_since from (select * from retention where true) where months_since is null
);

-- step: test not_null_retention_retention_rate after retention
select 'not_null_retention_retention_rate' as test, count(*) > 0 as failed from (
select retention_rate from (select * from retention where true) where retention_rate is null
);

-- step: test unique_rfm_customer_id after rfm
select 'unique_rfm_customer_id' as test, count(*) > 0 as failed from (
select customer_id from (select * from rfm where true) where customer_id is not null group by customer_id having count(*) > 1
);

-- step: test not_null_rfm_customer_id after rfm
select 'not_null_rfm_customer_id' as test, count(*) > 0 as failed from (
select customer_id from (select * from rfm where true) where customer_id is null
);

-- step: test not_null_rfm_recency_days after rfm
select 'not_null_rfm_recency_days' as test, count(*) > 0 as failed from (
select recency_days from (select * from rfm where true) where recency_days is null
);

-- step: test accepted_values_rfm_recency_score after rfm
select 'accepted_values_rfm_recency_score' as test, count(*) > 0 as failed from (
select recency_score from (select distinct recency_score from (select * from rfm where true)) where recency_score not in (1, 2, 3, 4, 5)
);

-- step: test accepted_values_rfm_frequency_score after rfm
select 'accepted_values_rfm_frequency_score' as test, count(*) > 0 as failed from (
select frequency_score from (select distinct frequency_score from (select * from rfm where true)) where frequency_score not in (1, 2, 3, 4, 5)
);

-- step: test accepted_values_rfm_monetary_score after rfm
select 'accepted_values_rfm_monetary_score' as test, count(*) > 0 as failed from (
select monetary_score from (select distinct monetary_score from (select * from rfm where true)) where monetary_score not in (1, 2, 3, 4, 5)
);

-- step: test accepted_values_rfm_segment after rfm
select 'accepted_values_rfm_segment' as test, count(*) > 0 as failed from (
select segment from (select distinct segment from (select * from rfm where true)) where segment not in ('champion', 'loyal', 'recent', 'at risk', 'dormant', 'regular')
);

-- step: test not_null_stg_invoices_invoice_no after stg_invoices
select 'not_null_stg_invoices_invoice_no' as test, count(*) > 0 as failed from (
select invoice_no from (select * from stg_invoices where true) where invoice_no is null
);

-- step: test not_null_stg_invoices_stock_code after stg_invoices
select 'not_null_stg_invoices_stock_code' as test, count(*) > 0 as failed from (
select stock_code from (select * from stg_invoices where true) where stock_code is null
);

-- step: test not_null_stg_invoices_line_amount after stg_invoices
select 'not_null_stg_invoices_line_amount' as test, count(*) > 0 as failed from (
select line_amount from (select * from stg_invoices where true) where line_amount is null
);

-- step: test not_null_stg_invoices_invoiced_at after stg_invoices
select 'not_null_stg_invoices_invoiced_at' as test, count(*) > 0 as failed from (
select invoiced_at from (select * from stg_invoices where true) where invoiced_at is null
);

-- step: test not_null_stg_invoices_is_cancellation after stg_invoices
select 'not_null_stg_invoices_is_cancellation' as test, count(*) > 0 as failed from (
select is_cancellation from (select * from stg_invoices where true) where is_cancellation is null
);

-- step: test not_null_stg_invoices__tarn_file after stg_invoices
select 'not_null_stg_invoices__tarn_file' as test, count(*) > 0 as failed from (
select _tarn_file from (select * from stg_invoices where true) where _tarn_file is null
);

-- step: test not_null_stg_invoices__tarn_line after stg_invoices
select 'not_null_stg_invoices__tarn_line' as test, count(*) > 0 as failed from (
select _tarn_line from (select * from stg_invoices where true) where _tarn_line is null
);

-- step: test assert_a_file_is_a_day after fct_sales
select 'assert_a_file_is_a_day' as test, count(*) > 0 as failed from (
-- Each file holds the trading day that it is named after and no other.

select
    _tarn_file,
    sales_date,
    count(*) as lines
from fct_sales
where _tarn_file not like '%' || cast(sales_date as varchar) || '.csv%'
group by _tarn_file, sales_date
);

-- step: test assert_cancellations_match_once after cancellations
select 'assert_cancellations_match_once' as test, count(*) > 0 as failed from (
-- An order line is cancelled at most once, a cancellation line cancels at most one order line, and
-- nothing is cancelled before it was ordered.

select 'order line cancelled twice' as problem, _tarn_file, _tarn_line
from cancellations
group by _tarn_file, _tarn_line
having count(*) > 1

union all

select 'cancellation line used twice' as problem, cancelled_in_file, cancelled_in_line
from cancellations
group by cancelled_in_file, cancelled_in_line
having count(*) > 1

union all

select 'cancelled before it was ordered' as problem, _tarn_file, _tarn_line
from cancellations
where cancelled_at <= invoiced_at
);

-- step: test assert_daily_sales_add_up after daily_sales, fct_sales
select 'assert_daily_sales_add_up' as test, count(*) > 0 as failed from (
-- Day by day: gross and returned make net, and net is what the lines of the day come to,
-- whether cancellations are matched or not.

with facts as (

    select
        sales_date,
        sum(line_amount) as net_sales
    from fct_sales
    group by sales_date

)

select
    coalesce(facts.sales_date, days.sales_date) as sales_date,
    facts.net_sales as net_sales_of_lines,
    days.gross_sales,
    days.returned_sales,
    days.net_sales
from facts
full outer join daily_sales as days
    on days.sales_date = facts.sales_date
where days.net_sales is distinct from facts.net_sales
    or days.net_sales <> days.gross_sales + days.returned_sales
    or days.returned_sales > 0
);

-- step: test assert_daily_sales_known_days after daily_sales
select 'assert_daily_sales_known_days' as test, count(*) > 0 as failed from (
-- Net sales of three days, counted without Tarn. 2011-01-18 is a day on which an order of
-- 74,215 pieces was cancelled within the quarter of an hour.

with expected (sales_date, net_sales) as (

    values
        (date '2010-12-01', 58635.560),
        (date '2011-01-18', 18680.800),
        (date '2011-12-08', 81417.780)

)

select
    expected.sales_date,
    expected.net_sales as expected_net_sales,
    days.net_sales
from expected
left join daily_sales as days
    on days.sales_date = expected.sales_date
where days.net_sales is null
    or days.net_sales <> expected.net_sales
);

-- step: test assert_december_cohort_is_known after retention
select 'assert_december_cohort_is_known' as test, count(*) > 0 as failed from (
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
left join retention as retention
    on retention.cohort_month = date '2010-12-01'
    and retention.months_since = expected.months_since
where retention.customers is null
    or retention.customers <> expected.customers
    or retention.cohort_size <> expected.cohort_size
);

-- step: test assert_dim_date_has_no_gaps after dim_date
select 'assert_dim_date_has_no_gaps' as test, count(*) > 0 as failed from (
-- The calendar holds every day from its first to its last.

select
    min(date_day) as first_day,
    max(date_day) as last_day,
    count(*) as days
from dim_date
having count(*) <> max(date_day) - min(date_day) + 1
);

-- step: test assert_fct_sales_has_each_line_once after fct_sales
select 'assert_fct_sales_has_each_line_once' as test, count(*) > 0 as failed from (
-- A file and a line in it name one row of fct_sales: nothing was loaded twice, no join multiplied.

select
    _tarn_file,
    _tarn_line,
    count(*) as copies
from fct_sales
group by _tarn_file, _tarn_line
having count(*) > 1
);

-- step: test assert_fct_sales_keeps_every_line after fct_sales, retail.invoices
select 'assert_fct_sales_keeps_every_line' as test, count(*) > 0 as failed from (
-- From the raw table to the fact table nothing is lost and nothing is rounded.

with raw as (

    select
        count(*) as lines,
        sum(Quantity * UnitPrice) as net_sales
    from retail.invoices

),

facts as (

    select
        count(*) as lines,
        sum(line_amount) as net_sales
    from fct_sales

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
);

-- step: test assert_known_answers_before_the_last_day after retail.invoices
select 'assert_known_answers_before_the_last_day' as test, count(*) > 0 as failed from (
-- What the files through 2011-12-08 add up to, counted without Tarn. Whatever arrives later, this holds.

with figures as (

    select
        count(*) as lines,
        count(distinct InvoiceNo) as invoices,
        count(distinct nullif(CustomerID, '')) as customers,
        count(distinct StockCode) as stock_codes,
        count(distinct Country) as countries,
        count(distinct _tarn_file) as files,
        sum(case when coalesce(CustomerID, '') = '' then 1 else 0 end) as lines_without_customer,
        sum(case when coalesce(Description, '') = '' then 1 else 0 end) as lines_without_description,
        sum(case when InvoiceNo like 'C%' then 1 else 0 end) as cancellation_lines,
        sum(case when Quantity < 0 then 1 else 0 end) as lines_below_zero,
        sum(case when UnitPrice <= 0 then 1 else 0 end) as lines_without_price,
        sum(Quantity * UnitPrice) as net_sales,
        sum(case when Quantity > 0 then Quantity * UnitPrice else 0 end) as gross_sales,
        min(InvoiceDate) as first_invoice_at,
        max(InvoiceDate) as last_invoice_at
    from retail.invoices
    where _tarn_file not like '%/2011-12-09.csv%'

)

select *
from figures
where not (
    lines = 540277
    and invoices = 25851
    and customers = 4371
    and stock_codes = 4069
    and countries = 38
    and files = 304
    and lines_without_customer = 134072
    and lines_without_description = 1454
    and cancellation_lines = 9281
    and lines_below_zero = 10617
    and lines_without_price = 2517
    and net_sales = 9715616.404
    and gross_sales = 10443639.824
    and first_invoice_at = timestamp '2010-12-01 08:26:00'
    and last_invoice_at = timestamp '2011-12-08 20:01:00'
)
);

-- step: test assert_known_answers_of_the_year after retail.invoices
select 'assert_known_answers_of_the_year' as test, count(*) > 0 as failed from (
-- What all 305 files add up to, counted without Tarn. Judged once the last trading day is there.

with figures as (

    select
        count(*) as lines,
        count(distinct InvoiceNo) as invoices,
        count(distinct nullif(CustomerID, '')) as customers,
        count(distinct StockCode) as stock_codes,
        count(distinct Country) as countries,
        count(distinct _tarn_file) as files,
        sum(case when coalesce(CustomerID, '') = '' then 1 else 0 end) as lines_without_customer,
        sum(case when coalesce(Description, '') = '' then 1 else 0 end) as lines_without_description,
        sum(case when InvoiceNo like 'C%' then 1 else 0 end) as cancellation_lines,
        sum(case when Quantity < 0 then 1 else 0 end) as lines_below_zero,
        sum(case when UnitPrice <= 0 then 1 else 0 end) as lines_without_price,
        sum(Quantity * UnitPrice) as net_sales,
        sum(case when Quantity > 0 then Quantity * UnitPrice else 0 end) as gross_sales,
        min(InvoiceDate) as first_invoice_at,
        max(InvoiceDate) as last_invoice_at
    from retail.invoices

)

select *
from figures
where not (
    lines = 541909
    and invoices = 25900
    and customers = 4372
    and stock_codes = 4070
    and countries = 38
    and files = 305
    and lines_without_customer = 135080
    and lines_without_description = 1454
    and cancellation_lines = 9288
    and lines_below_zero = 10624
    and lines_without_price = 2517
    and net_sales = 9747747.934
    and gross_sales = 10644560.424
    and first_invoice_at = timestamp '2010-12-01 08:26:00'
    and last_invoice_at = timestamp '2011-12-09 12:50:00'
)
    and last_invoice_at >= timestamp '2011-12-09 00:00:00'
);

-- step: test assert_known_cancellations after cancellations, fct_sales
select 'assert_known_cancellations' as test, count(*) > 0 as failed from (
-- The two great orders that never were: 74,215 pieces on 2011-01-18, cancelled after a quarter of an
-- hour, and 80,995 pieces on 2011-12-09 (once that day is there), cancelled after twelve minutes.

with expected (invoice_no, cancelled_by, quantity, minutes_to_cancel) as (

    values
        ('541431', 'C541433', 74215, 16),
        ('581483', 'C581484', 80995, 12)

)

select expected.*
from expected
inner join fct_sales as ordered
    on ordered.invoice_no = expected.invoice_no
left join cancellations as matched
    on matched.invoice_no = expected.invoice_no
    and matched.cancelled_by = expected.cancelled_by
    and matched.quantity = expected.quantity
    and matched.minutes_to_cancel = expected.minutes_to_cancel
    and matched.is_same_day
where matched.invoice_no is null
);

-- step: test assert_monthly_sales_add_up after daily_sales, monthly_sales
select 'assert_monthly_sales_add_up' as test, count(*) > 0 as failed from (
-- The months hold the same money as the days.

with days as (

    select
        sum(gross_sales) as gross_sales,
        sum(net_sales) as net_sales
    from daily_sales

),

months as (

    select
        sum(gross_sales) as gross_sales,
        sum(net_sales) as net_sales
    from monthly_sales

)

select
    days.gross_sales as gross_sales_of_days,
    months.gross_sales as gross_sales_of_months,
    days.net_sales as net_sales_of_days,
    months.net_sales as net_sales_of_months
from days
cross join months
where days.gross_sales is distinct from months.gross_sales
    or days.net_sales is distinct from months.net_sales
);

-- step: test assert_newest_trading_day_is_usual after daily_sales
select 'assert_newest_trading_day_is_usual' as test, count(*) > 0 as failed from (
-- Only the newest trading day is judged: older days have been looked at. It is unusual when its
-- gross sales are more than three times the mean of the seven trading days before it.

with compared as (

    select
        sales_date,
        gross_sales,
        avg(gross_sales) over seven_days_before as mean_of_7_days_before,
        count(*) over seven_days_before as days_before,
        row_number() over (order by sales_date desc) as nth_newest
    from daily_sales
    window seven_days_before as (order by sales_date rows between 7 preceding and 1 preceding)

)

select
    sales_date,
    gross_sales,
    cast(mean_of_7_days_before as decimal(18, 2)) as mean_of_7_days_before,
    cast(gross_sales / mean_of_7_days_before as decimal(9, 2)) as ratio
from compared
where nth_newest = 1
    and days_before = 7
    and gross_sales > 3 * mean_of_7_days_before
);

-- step: test assert_no_trading_on_saturdays after dim_date
select 'assert_no_trading_on_saturdays' as test, count(*) > 0 as failed from (
-- The shop never traded on a Saturday. A day that did has a wrong date.

select date_day
from dim_date
where iso_weekday = 6
    and is_trading_day
);

-- step: test assert_october_tie_is_ranked after top_products_by_month
select 'assert_october_tie_is_ranked' as test, count(*) > 0 as failed from (
-- In October 2011 two products tied at 3,320 pieces. They share rank and dense_rank and only
-- row_number tells them apart; after them rank has skipped a number and dense_rank has not.
-- Counted without Tarn.

with expected (stock_code, units, row_number_above_rank, rank_above_dense_rank) as (

    values
        ('21915', 3320, 0, 0),
        ('22178', 3320, 1, 0),
        ('22492', 3215, 0, 1)

)

select expected.*
from expected
left join top_products_by_month as top
    on top.sales_month = date '2011-10-01'
    and top.stock_code = expected.stock_code
    and top.units = expected.units
    and top.units_row_number - top.units_rank = expected.row_number_above_rank
    and top.units_rank - top.units_dense_rank = expected.rank_above_dense_rank
where top.stock_code is null
);

-- step: test assert_rankings_agree after top_products_by_month
select 'assert_rankings_agree' as test, count(*) > 0 as failed from (
-- What the three rankings promise of each other: dense_rank never exceeds rank, rank never exceeds
-- row_number, and row_number gives each place of a month once.

select
    sales_month,
    stock_code,
    units_rank,
    units_dense_rank,
    units_row_number
from top_products_by_month
where units_dense_rank > units_rank
    or units_rank > units_row_number
    or units_rank > 10

union all

select
    sales_month,
    min(stock_code) as stock_code,
    min(units_rank) as units_rank,
    min(units_dense_rank) as units_dense_rank,
    units_row_number
from top_products_by_month
group by sales_month, units_row_number
having count(*) > 1
);

-- step: test assert_repeated_lines_are_few after stg_invoices
select 'assert_repeated_lines_are_few' as test, coalesce(sum(copies - 1), 0) > 6000 as failed from (
-- Lines that repeat another in every column. They may be real (two of the same on one invoice), so
-- they stay, but many more of them would mean that somebody exported a day twice.

select
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    invoiced_at,
    customer_id,
    country,
    count(*) as copies
from stg_invoices
group by
    invoice_no, stock_code, description, quantity, unit_price, invoiced_at, customer_id, country
having count(*) > 1
);

-- step: test assert_retention_is_a_share after retention
select 'assert_retention_is_a_share' as test, count(*) > 0 as failed from (
-- A rate lies between 0 and 1, and in its first month all of a cohort ordered.

select *
from retention
where retention_rate <= 0
    or retention_rate > 1
    or customers > cohort_size
    or (months_since = 0 and customers <> cohort_size)
    or months_since < 0
);

-- step: test assert_rfm_fifths_are_even after rfm
select 'assert_rfm_fifths_are_even' as test, count(*) > 0 as failed from (
-- Each score splits the customers into five groups whose sizes differ by at most one.

with groups as (

    select 'recency' as score, recency_score as fifth, count(*) as customers
    from rfm group by recency_score

    union all

    select 'frequency' as score, frequency_score as fifth, count(*) as customers
    from rfm group by frequency_score

    union all

    select 'monetary' as score, monetary_score as fifth, count(*) as customers
    from rfm group by monetary_score

)

select
    score,
    min(customers) as smallest,
    max(customers) as largest
from groups
group by score
having max(customers) - min(customers) > 1
    or count(*) <> 5
);
