select
    typeof({{ dbt.current_timestamp() }}) as now_type,
    {{ dbt.current_timestamp() }} > timestamp '2020-01-01' as is_past_2020,
    typeof({{ current_timestamp() }}) as without_namespace,
    '{{ dbt.type_string() }} {{ type_string() }}' as names,
    '{{ dbt.dateadd("day", 1, "x") == dateadd("day", 1, "x") }}' as same
