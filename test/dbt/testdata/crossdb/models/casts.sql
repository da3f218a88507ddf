select v,
    {{ dbt.safe_cast('v', api.Column.translate_type('integer')) }} as as_integer,
    {{ dbt.cast("v || '-01-01'", 'date') }} as as_date,
    {{ dbt.safe_cast("v || '-02-03 04:05:06'", dbt.type_timestamp()) }} as as_timestamp,
    {{ dbt.cast('v', dbt.type_string()) }} as as_text,
    {{ dbt.cast_bool_to_text("v = '2012'") }} as is_twelve
from (values ('2012'), ('2013'), (null)) as x(v)
