select '{{ dbt.safe_cast("x", "int") }}' as safe_cast,
    {{ dbt.string_literal('quoted ' ~ "text") }} as literal,
    {{ dbt.cast("'5'", api.Column.translate_type("integer")) }} as five,
    {{ dbt.replace("'a.b.c'", "'.'", "''") }} as dots,
    {{ dbt.hash("concat('a', 1)") }} as hash_of_expression,
    {{ dbt.date_trunc("day", "timestamp '2026-01-01 10:00:00'") }} as day
