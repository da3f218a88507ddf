{#
  Unit tests: rows of YAML as queries, and the query that puts what a model
  gave beside what it should have given.
#}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
{{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
{%- set columns, mark = expected_column_names | join(', '), adapter.quote('actual_or_expected') -%}
with dbt_internal_unit_test_actual as (
    select {{ columns }}, 'actual' as {{ mark }} from (
{{ main_sql }}
    ) as _dbt_internal_unit_test_actual
),
dbt_internal_unit_test_expected as (
    select {{ columns }}, 'expected' as {{ mark }} from (
{{ expected_fixture_sql }}
    ) as _dbt_internal_unit_test_expected
)
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}

{# The rows in place of an input: columns that a row leaves out are null. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
{%- set types = column_name_to_data_types or {} -%}
{%- set names = {} -%}
{%- if not types -%}
  {%- set there = this if not defer_relation or load_relation(this) else defer_relation -%}
  {%- for column in adapter.get_columns_in_relation(there) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do names.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
{%- endif -%}
{%- if not types -%}
  {%- do exceptions.raise_compiler_error("the unit test cannot tell the columns of '" ~ model.name ~ "': " ~ this ~ ' is not there') -%}
{%- endif -%}
{%- do validate_fixture_rows(rows, row_number) -%}
{%- set blank = {} -%}
{%- for name, type in types.items() -%}{%- do blank.update({name: safe_cast('null', type) | trim}) -%}{%- endfor -%}
{%- set queries = [] -%}
{%- for row in rows -%}
  {%- set values = blank.copy() -%}
  {%- do values.update(format_row(row, types)) -%}
  {%- do queries.append(row_as_query(values, names)) -%}
{%- endfor -%}
{{ queries | join('\nunion all\n') if queries else row_as_query(blank, names) ~ ' limit 0' }}
{%- endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
{%- set queries = [] -%}
{%- for row in rows -%}
  {%- do queries.append(row_as_query(format_row(row, column_name_to_data_types), column_name_to_quoted)) -%}
{%- endfor -%}
{{ queries | join('\nunion all\n') if queries else 'select * from dbt_internal_unit_test_actual limit 0' }}
{%- endmacro %}

{# One row as a query; names gives the columns their quotes. #}
{% macro row_as_query(values, names) -%}
{%- set parts = [] -%}
{%- for name, value in values.items() -%}
  {%- do parts.append(value ~ ' as ' ~ (names.get(name) or adapter.quote(name))) -%}
{%- endfor -%}
{%- do return('select ' ~ parts | join(', ')) -%}
{%- endmacro %}

{# The values of a row as SQL, by the lower-case names of their columns. #}
{% macro format_row(row, column_name_to_data_types) -%}
{%- set formatted = {} -%}
{%- for name, value in row.items() -%}
  {%- set name = name | lower -%}
  {%- if name not in column_name_to_data_types -%}
    {%- set what = 'the expected rows' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
    {%- do exceptions.raise_compiler_error("there is no column '" ~ name ~ "' in " ~ what ~ '; there are: '
        ~ column_name_to_data_types.keys() | join(', ')) -%}
  {%- endif -%}
  {%- set type = column_name_to_data_types[name] -%}
  {%- if value is string and 'varying' in type -%}{%- set type = type.split('(')[0] -%}{%- endif -%}
  {%- set sql = 'null' if value is none else dbt.string_literal(dbt.escape_single_quotes(value)) if value is string else value -%}
  {%- do formatted.update({name: safe_cast(sql, type) | trim}) -%}
{%- endfor -%}
{%- do return(formatted) -%}
{%- endmacro %}

{% macro validate_fixture_rows(rows, row_number) %}{% do return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) %}{% endmacro %}
{% macro default__validate_fixture_rows(rows, row_number) -%}{%- endmacro %}
