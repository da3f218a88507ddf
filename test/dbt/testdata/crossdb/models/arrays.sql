select
    {{ dbt.array_construct([1, 2, 3]) }} as made,
    {{ dbt.array_construct() }} as empty,
    {{ dbt.array_construct(["'a'", "'b'"]) }} as texts,
    {{ dbt.array_append(dbt.array_construct([1, 2]), 3) }} as appended,
    {{ dbt.array_concat(dbt.array_construct([1]), dbt.array_construct([2, 3])) }} as concatenated
