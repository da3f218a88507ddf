{#
  on_schema_change: what an incremental model does when its query has other
  columns than its table.
#}

{# What is none of the four values is taken for the default. #}
{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') -%}
{%- if on_schema_change in ('ignore', 'fail', 'append_new_columns', 'sync_all_columns') -%}
  {%- do return(on_schema_change) -%}
{%- endif -%}
{%- do log('on_schema_change cannot be ' ~ on_schema_change ~ '; it is taken for ' ~ default) -%}
{%- do return(default) -%}
{%- endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) %}{% do return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) %}{% endmacro %}
{% macro default__check_for_schema_changes(source_relation, target_relation) -%}
{%- set source = adapter.get_columns_in_relation(source_relation) -%}
{%- set target = adapter.get_columns_in_relation(target_relation) -%}
{%- set added, removed = diff_columns(source, target), diff_columns(target, source) -%}
{%- set types = diff_column_data_types(source, target) -%}
{%- do return({
    'schema_changed': (added + removed + types) | length > 0,
    'source_not_in_target': added, 'target_not_in_source': removed, 'new_target_types': types,
    'source_columns': source, 'target_columns': target,
}) -%}
{%- endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}{% do return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) %}{% endmacro %}
{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
{%- set all = on_schema_change == 'sync_all_columns' -%}
{%- if all or on_schema_change == 'append_new_columns' -%}
  {%- set added = schema_changes_dict['source_not_in_target'] -%}
  {%- set removed = schema_changes_dict['target_not_in_source'] if all else none -%}
  {%- if added or removed -%}
    {%- do alter_relation_add_remove_columns(target_relation, added, removed) -%}
  {%- endif -%}
{%- endif -%}
{%- if all -%}
  {%- for change in schema_changes_dict['new_target_types'] -%}
    {%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}
  {%- endfor -%}
{%- endif -%}
{%- endmacro %}

{# Does as configured and returns the columns to fill; none of them for `ignore`. #}
{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}{% do return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) %}{% endmacro %}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) -%}
{%- if on_schema_change == 'ignore' -%}{%- do return({}) -%}{%- endif -%}
{%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
{%- if changes['schema_changed'] and on_schema_change == 'fail' -%}
  {%- do exceptions.raise_compiler_error('the query and ' ~ target_relation ~ ' do not have the same columns: new ones '
      ~ changes['source_not_in_target'] | map(attribute='name') | list ~ ', gone '
      ~ changes['target_not_in_source'] | map(attribute='name') | list ~ ', other types ' ~ changes['new_target_types']
      ~ '. Set on_schema_change to append_new_columns or sync_all_columns, or run with --full-refresh') -%}
{%- elif changes['schema_changed'] -%}
  {%- do sync_column_schemas(on_schema_change, target_relation, changes) -%}
{%- endif -%}
{%- do return(changes['source_columns']) -%}
{%- endmacro %}
