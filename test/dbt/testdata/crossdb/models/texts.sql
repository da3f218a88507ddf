select s,
    {{ dbt.concat(['s', "'-'", 's']) }} as doubled,
    {{ dbt.length('s') }} as n,
    {{ dbt.right('s', 2) }} as tail,
    {{ dbt.right('s', 0) }} as no_tail,
    {{ dbt.replace('s', "'a'", "'_'") }} as replaced,
    {{ dbt.position("'n'", 's') }} as found_at,
    {{ dbt.split_part('s', "'a'", 1) }} as first_part,
    {{ dbt.split_part('s', "'a'", -1) }} as last_part,
    {{ dbt.hash('s') }} as hashed,
    {{ dbt.string_literal('it is') }} as literal,
    '{{ dbt.escape_single_quotes("it's") }}' as escaped
from (values ('banana'), (''), ('ñandú'), (null)) as x(s)
