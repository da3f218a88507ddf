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
