-- On this engine a safe cast is a cast.
select {{ dbt.safe_cast('v', 'integer') }} as as_integer from (values ('12'), ('twelve')) as x(v)
