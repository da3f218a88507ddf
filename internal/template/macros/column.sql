{#
  Columns: those that there are, those that a query has, and changing them.
#}

{% macro get_columns_in_relation(relation) %}{% do return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) %}{% endmacro %}
{% macro duckdb__get_columns_in_relation(relation) -%}
{%- do return(adapter.get_columns_in_relation(relation)) -%}
{%- endmacro %}
{% macro default__get_columns_in_relation(relation) %}{% do return(duckdb__get_columns_in_relation(relation)) %}{% endmacro %}

{# Rows of name, type, length, precision and scale as columns. #}
{% macro sql_convert_columns_in_relation(table) -%}
{%- set columns = [] -%}
{%- for row in table -%}{%- do columns.append(api.Column(*row)) -%}{%- endfor -%}
{%- do return(columns) -%}
{%- endmacro %}

{% macro get_list_of_column_names(columns) -%} {%- do return(columns | map(attribute='name') | list) -%} {%- endmacro %}

{% macro get_quoted_csv(column_names) -%}
{%- set quoted = [] -%}
{%- for name in column_names -%}{%- do quoted.append(adapter.quote(name)) -%}{%- endfor -%}
{%- do return(quoted | join(', ')) -%}
{%- endmacro %}

{# A query with the columns of another, and without rows. #}
{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) %}{% do return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) %}{% endmacro %}
{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
{%- if select_sql_header is not none -%}{%- do run_query(select_sql_header) -%}{%- endif -%}
select * from (
{{ select_sql }}
) as __dbt_sbq
where false limit 0
{%- endmacro %}
{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) %}{% do return(duckdb__get_empty_subquery_sql(select_sql, select_sql_header)) %}{% endmacro %}

{# A query with the columns that a YAML file declares. #}
{% macro get_empty_schema_sql(columns) %}{% do return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) %}{% endmacro %}
{% macro default__get_empty_schema_sql(columns) -%}
{%- set parts, untyped, unscaled = [], [], [] -%}
{%- for column in columns.values() -%}
  {%- if not column.get('data_type') -%}
    {%- do untyped.append(column['name']) -%}
  {%- else -%}
    {%- if column['data_type'] | lower | trim in ('numeric', 'decimal', 'number') -%}{%- do unscaled.append(column['name']) -%}{%- endif -%}
    {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
    {%- do parts.append(cast('null', column['data_type']) | trim ~ ' as ' ~ name) -%}
  {%- endif -%}
{%- endfor -%}
{%- if untyped -%}
  {%- do exceptions.column_type_missing(column_names=untyped) -%}
{%- elif unscaled -%}
  {%- do exceptions.warn('These columns are numeric without precision and scale, so values may be rounded: ' ~ unscaled | join(', ')) -%}
{%- endif -%}
select {{ parts | join(', ') }}
{%- endmacro %}

{# Columns and types of a query, which does not run. #}
{% macro get_column_schema_from_query(select_sql, select_sql_header=none) -%}
{%- do return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) -%}
{%- endmacro %}

{% macro get_columns_in_query(select_sql) %}{% do return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) %}{% endmacro %}
{% macro default__get_columns_in_query(select_sql) -%}
{%- call statement('get_columns_in_query', fetch_result=True, auto_begin=False) -%} {{ get_empty_subquery_sql(select_sql) }} {%- endcall -%}
{%- do return(load_result('get_columns_in_query').table.columns | map(attribute='name') | list) -%}
{%- endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) %}{% do return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) %}{% endmacro %}
{% macro default__alter_column_type(relation, column_name, new_column_type) -%}
{%- call statement('alter_column_type') -%}
alter table {{ relation.render() }} alter column {{ adapter.quote(column_name) }} type {{ new_column_type }}
{%- endcall -%}
{%- endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) %}{% do return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) %}{% endmacro %}
{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
{%- for column in add_columns or [] -%}
  {%- do run_query('alter table ' ~ relation ~ ' add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}
{%- endfor -%}
{%- for column in remove_columns or [] -%}
  {%- do run_query('alter table ' ~ relation ~ ' drop column ' ~ adapter.quote(column.name)) -%}
{%- endfor -%}
{%- endmacro %}
{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}{% do return(duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns)) %}{% endmacro %}

{% macro create_columns(relation, columns) -%} {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }} {%- endmacro %}
{% macro default__create_columns(relation, columns) -%} {%- do alter_relation_add_remove_columns(relation, columns, none) -%} {%- endmacro %}

{# Those columns of the first list whose names the second does not have. #}
{% macro diff_columns(source_columns, target_columns) -%}
{%- set names = target_columns | map(attribute='column') | list -%}
{%- do return(source_columns | rejectattr('name', 'in', names) | list) -%}
{%- endmacro %}

{# Columns that are in both, with types that do not fit. #}
{% macro diff_column_data_types(source_columns, target_columns) %}{% do return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) %}{% endmacro %}
{% macro default__diff_column_data_types(source_columns, target_columns) -%}
{%- set changed = [] -%}
{%- for new in source_columns -%}
  {%- for old in target_columns if old.name == new.name and old.expanded_data_type != new.expanded_data_type and not new.can_expand_to(other_column=old) -%}
    {%- do changed.append({'column_name': old.name, 'new_type': new.expanded_data_type}) -%}
  {%- endfor -%}
{%- endfor -%}
{%- do return(changed) -%}
{%- endmacro %}
