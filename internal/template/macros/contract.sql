{#
  Contracts: a model's query has the columns and types that its YAML file
  declares, or the model fails.
#}

{% macro get_assert_columns_equivalent(sql) -%} {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }} {%- endmacro %}
{% macro default__get_assert_columns_equivalent(sql) %}{% do return(assert_columns_equivalent(sql)) %}{% endmacro %}

{# Columns may stand in any order; names and types have to be the same. #}
{% macro assert_columns_equivalent(sql) -%}
{%- set declared = model['columns'] -%}
{%- if not declared -%}{%- do exceptions.raise_contract_error([], []) -%}{%- endif -%}
{%- set found = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
{%- set wanted = format_columns(get_column_schema_from_query(get_empty_schema_sql(declared))) -%}
{%- set order = 'name,data_type' -%}
{%- if found | sort(attribute=order, case_sensitive=true) | list != wanted | sort(attribute=order, case_sensitive=true) | list -%}
  {%- do exceptions.raise_contract_error(wanted, found) -%}
{%- endif -%}
{%- endmacro %}

{% macro format_columns(columns) -%}
{%- set formatted = [] -%}
{%- for column in columns -%}{%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}{%- endfor -%}
{%- do return(formatted) -%}
{%- endmacro %}
{% macro default__format_column(column) -%}
{%- do return({'name': column.name, 'data_type': column.dtype, 'formatted': column.column | lower ~ ' ' ~ column.dtype}) -%}
{%- endmacro %}

{# Names, types and constraints in parentheses, as `create table` has them. #}
{% macro get_table_columns_and_constraints() -%} {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }} {%- endmacro %}
{% macro default__get_table_columns_and_constraints() -%} {{ table_columns_and_constraints() }} {%- endmacro %}
{% macro table_columns_and_constraints() -%}
({{ (adapter.render_raw_columns_constraints(raw_columns=model['columns'])
    + adapter.render_raw_model_constraints(raw_constraints=model['constraints'])) | join(', ') }})
{%- endmacro %}

{# The declared columns, as the query is to give them. #}
{% macro get_select_subquery(sql) %}{% do return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) %}{% endmacro %}
{% macro default__get_select_subquery(sql) -%}
select {{ adapter.dispatch('get_column_names', 'dbt')() }}
from (
{{ sql }}
) as model_subq
{%- endmacro %}
{% macro get_column_names() -%} ({{ adapter.dispatch('get_column_names', 'dbt')() }}) {%- endmacro %}
{% macro default__get_column_names() -%}
{%- set names = [] -%}
{%- for column in model['columns'].values() -%}
  {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) -%}
{%- endfor -%}
{{ names | join(', ') }}
{%- endmacro %}

{# Constraints of tables that refer to each other do not hold anything back here. #}
{% macro enforced_constraint_types() -%}
{%- set types = [] -%}
{%- if (config.get('contract') or {}).enforced -%}
  {%- for constraint in model.get('constraints', []) -%}{%- do types.append(constraint.type) -%}{%- endfor -%}
  {%- for column in model.get('columns', {}).values() -%}
    {%- for constraint in column.get('constraints', []) -%}{%- do types.append(constraint.type) -%}{%- endfor -%}
  {%- endfor -%}
{%- endif -%}
{%- do return(types) -%}
{%- endmacro %}
{% macro has_foreign_key_constraints(relation=none) %}{% do return(false) %}{% endmacro %}
{% macro may_be_foreign_key_target(relation=none) %}{% do return(false) %}{% endmacro %}
{% macro existing_constraint_types(relation) %}{% do return([]) %}{% endmacro %}
{% macro drop_foreign_key_dependents(relation) %}{% do return([]) %}{% endmacro %}
{% macro restore_foreign_key_dependents(dropped) -%}{%- endmacro %}
