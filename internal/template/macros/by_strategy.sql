{#
  What makes a table where a project has macros of its own for it: incremental
  models by their strategy, and snapshots.
#}

{# Adds the rows of the model's query to its table, which is there. #}
{% macro add_by_strategy() -%}
{%- set target = this.incorporate(type='table') -%}
{%- set incoming = make_temp_relation(target) -%}
{%- do run_query(create_table_as(True, incoming, sql)) -%}
{%- do adapter.expand_target_column_types(from_relation=incoming, to_relation=target) -%}
{%- set columns = process_schema_changes(incremental_validate_on_schema_change(config.get('on_schema_change')), incoming, target)
    or adapter.get_columns_in_relation(target) -%}
{%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
{%- set statements = strategy({
    'target_relation': target, 'temp_relation': incoming, 'unique_key': config.get('unique_key'), 'dest_columns': columns,
    'incremental_predicates': config.get('predicates') or config.get('incremental_predicates'),
}) -%}
{%- call statement('main') -%} {{ statements }} {%- endcall -%}
{%- endmacro %}

{# Makes the table of the first snapshot, or ends and adds versions in it. #}
{% macro take_snapshot() -%}
{%- set target = this.incorporate(type='table') -%}
{%- set there = load_relation(this) -%}
{%- if there is not none and not there.is_table -%}
  {%- do exceptions.relation_wrong_type(there, 'table') -%}
{%- endif -%}
{%- set strategy = strategy_dispatch(config.get('strategy'))(model, 'snapshotted_data', 'source_data', model['config'], there is not none) -%}
{%- if there is none -%}
  {%- call statement('main') -%} {{ create_table_as(False, target, build_snapshot_table(strategy, model['compiled_code'])) }} {%- endcall -%}
  {%- do return('') -%}
{%- endif -%}
{%- set staging = build_snapshot_staging_table(strategy, sql, target) -%}
{%- do adapter.expand_target_column_types(from_relation=staging, to_relation=target) -%}
{%- set own = ['dbt_change_type', 'dbt_unique_key'] -%}
{%- for key in strategy.unique_key if strategy.unique_key is not string -%}{%- do own.append('dbt_unique_key_' ~ loop.index) -%}{%- endfor -%}
{%- do create_columns(target, adapter.get_missing_columns(staging, target) | rejectattr('name', 'in', own) | list) -%}
{%- set columns = [] -%}
{%- for column in adapter.get_columns_in_relation(staging) if column.name not in own -%}
  {%- do columns.append(adapter.quote(column.name)) -%}
{%- endfor -%}
{%- call statement('main') -%} {{ snapshot_merge_sql(target=target, source=staging, insert_cols=columns) }} {%- endcall -%}
{%- do post_snapshot(staging) -%}
{%- endmacro %}
