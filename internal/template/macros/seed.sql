{#
  Seeds, for materializations written in Jinja: a table from the rows of a file.
#}

{% macro create_csv_table(model, agate_table) -%} {{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }} {%- endmacro %}
{% macro default__create_csv_table(model, agate_table) -%}
{%- set types, columns = model['config'].get('column_types') or {}, [] -%}
{%- for name in agate_table.column_names -%}
  {%- set quoted = adapter.quote_seed_column(name, model['config'].get('quote_columns', none)) -%}
  {%- do columns.append(quoted ~ ' ' ~ types.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
{%- endfor -%}
{%- set sql = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ')' -%}
{%- call statement('_') -%} {{ sql }} {%- endcall -%}
{%- do return(sql) -%}
{%- endmacro %}

{# The table is emptied, or with --full-refresh made anew. #}
{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
{{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}
{%- endmacro %}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
{%- if full_refresh -%}
  {%- do adapter.drop_relation(old_relation) -%}
  {%- do return(create_csv_table(model, agate_table)) -%}
{%- endif -%}
{%- do adapter.truncate_relation(old_relation) -%}
{%- do return('truncate table ' ~ old_relation.render()) -%}
{%- endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) -%} {{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }} {%- endmacro %}
{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) -%}
{{ create_or_truncate_sql }};
{{ insert_sql }}
{%- endmacro %}

{% macro get_batch_size() %}{% do return(adapter.dispatch('get_batch_size', 'dbt')()) %}{% endmacro %}
{% macro duckdb__get_batch_size() %}{% do return(10000) %}{% endmacro %}
{% macro default__get_batch_size() %}{% do return(duckdb__get_batch_size()) %}{% endmacro %}
{% macro get_binding_char() %}{% do return(adapter.dispatch('get_binding_char', 'dbt')()) %}{% endmacro %}
{% macro duckdb__get_binding_char() %}{% do return(adapter.get_binding_char()) %}{% endmacro %}
{% macro default__get_binding_char() %}{% do return(duckdb__get_binding_char()) %}{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) -%}
{%- set quoted = [] -%}
{%- for name in column_names -%}
  {%- do quoted.append(adapter.quote_seed_column(name, model['config'].get('quote_columns', none))) -%}
{%- endfor -%}
{%- do return(quoted | join(', ')) -%}
{%- endmacro %}

{# Values go in as literals of text, which the columns cast; returns the first statement. #}
{% macro load_csv_rows(model, agate_table) -%} {{ adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table) }} {%- endmacro %}
{% macro duckdb__load_csv_rows(model, agate_table) -%}
{%- set head = 'insert into ' ~ this.render() ~ ' (' ~ get_seed_column_quoted_csv(model, agate_table.column_names) ~ ') values ' -%}
{%- set statements = [] -%}
{%- for chunk in agate_table.rows | batch(get_batch_size()) -%}
  {%- set tuples = [] -%}
  {%- for row in chunk -%}
    {%- set values = [] -%}
    {%- for value in row -%}
      {%- do values.append('null' if value is none else "'" ~ dbt.escape_single_quotes(value | string) ~ "'") -%}
    {%- endfor -%}
    {%- do tuples.append('(' ~ values | join(', ') ~ ')') -%}
  {%- endfor -%}
  {%- do statements.append(head ~ tuples | join(', ')) -%}
  {%- call statement('_') -%} {{ statements[-1] }} {%- endcall -%}
{%- endfor -%}
{%- do return(statements | first) -%}
{%- endmacro %}
{% macro default__load_csv_rows(model, agate_table) %}{% do return(duckdb__load_csv_rows(model, agate_table)) %}{% endmacro %}
