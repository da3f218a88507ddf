select
    cast('1' as {{ dbt.type_int() }}) as int,
    cast('1' as {{ dbt.type_bigint() }}) as bigint,
    cast('1' as {{ dbt.type_float() }}) as float,
    cast('1' as {{ dbt.type_numeric() }}) as numeric,
    cast('1' as {{ dbt.type_string() }}) as string,
    cast('1' as {{ dbt.type_boolean() }}) as boolean,
    cast('2026-01-01' as {{ dbt.type_timestamp() }}) as timestamp,
    cast('1' as {{ api.Column.translate_type('string') }}) as translated,
    cast('1' as {{ api.Column.translate_type('float') }}) as translated_float,
    cast('1' as {{ api.Column.numeric_type('decimal', 9, 2) }}) as numeric_type,
    cast('1' as {{ api.Column.string_type(10) }}) as string_type
