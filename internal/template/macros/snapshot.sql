{#
  Snapshots: how a strategy tells that a row has changed, and names and ids of
  its versions.
#}

{# The macro of a strategy: snapshot_<name>_strategy, of a package or of any. #}
{% macro strategy_dispatch(name) -%}
{%- set where, wanted = context, name -%}
{%- if '.' in name -%}
  {%- set package, wanted = name.split('.', 1) -%}
  {%- if package not in context -%}
    {%- do exceptions.raise_compiler_error("there is no package '" ~ package ~ "' for the strategy '" ~ name ~ "'") -%}
  {%- endif -%}
  {%- set where = context[package] -%}
{%- endif -%}
{%- set found = where.get('snapshot_' ~ wanted ~ '_strategy') -%}
{%- if not found -%}
  {%- do exceptions.raise_compiler_error("no macro 'snapshot_" ~ wanted ~ "_strategy' is there for the strategy '" ~ name ~ "'") -%}
{%- endif -%}
{%- do return(found) -%}
{%- endmacro %}

{# The id of a version: its key and its time, hashed. #}
{% macro snapshot_hash_arguments(args) -%} {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }} {%- endmacro %}
{% macro default__snapshot_hash_arguments(args) -%}
{%- set parts = [] -%}
{%- for arg in args -%}{%- do parts.append('coalesce(cast(' ~ arg ~ " as varchar), '')") -%}{%- endfor -%}
md5({{ parts | join(" || '|' || ") }})
{%- endmacro %}

{% macro snapshot_get_time() -%} {{ adapter.dispatch('snapshot_get_time', 'dbt')() }} {%- endmacro %}
{% macro duckdb__snapshot_get_time() -%} {{ current_timestamp() }}::timestamp {%- endmacro %}
{% macro default__snapshot_get_time() %}{% do return(duckdb__snapshot_get_time()) %}{% endmacro %}
{% macro snapshot_string_as_time(timestamp) -%} {{ adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp) }} {%- endmacro %}
{% macro duckdb__snapshot_string_as_time(timestamp) -%} '{{ timestamp }}'::timestamp {%- endmacro %}
{% macro default__snapshot_string_as_time(timestamp) %}{% do return(duckdb__snapshot_string_as_time(timestamp)) %}{% endmacro %}
{% macro get_snapshot_get_time_data_type() -%}
{%- set columns = get_column_schema_from_query('select ' ~ snapshot_get_time() ~ ' as dbt_snapshot_time') -%}
{%- do return(columns[0].dtype or none) -%}
{%- endmacro %}

{# A row has changed when its time is later than that of the version. #}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
{%- set updated_at, names = config.get('updated_at'), snapshot_column_names() -%}
{%- do return(snapshot_strategy(updated_at,
    '(' ~ snapshotted_rel ~ '.' ~ names.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')')) -%}
{%- endmacro %}

{# A row has changed when one of the columns that are checked has, or a column is new. #}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
{%- set added, columns = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}
{%- set differs = [] -%}
{%- for column in columns or [] -%}
  {%- do differs.append(snapshotted_rel ~ '.' ~ column ~ ' is distinct from ' ~ current_rel ~ '.' ~ column) -%}
{%- endfor -%}
{%- do return(snapshot_strategy(config.get('updated_at') or snapshot_get_time(),
    '(' ~ (get_true_sql() if added else differs | join(' or ') or 'false') ~ ')')) -%}
{%- endmacro %}

{# What every strategy returns. #}
{% macro snapshot_strategy(updated_at, row_changed) -%}
{%- set key, hard_deletes = config.get('unique_key'), adapter.get_hard_deletes_behavior(config) -%}
{%- do return({
    'unique_key': key, 'updated_at': updated_at, 'row_changed': row_changed,
    'scd_id': snapshot_hash_arguments(api.Relation.scd_args(key, updated_at)),
    'hard_deletes': hard_deletes, 'invalidate_hard_deletes': hard_deletes == 'invalidate',
}) -%}
{%- endmacro %}

{# Whether a column is new, and the quoted names of those that both have. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
{%- if not target_exists -%}{%- do return((false, none)) -%}{%- endif -%}
{%- if check_cols_config == 'all' -%}
  {%- set query = node['compiled_code'] -%}
{%- elif check_cols_config and check_cols_config is iterable and check_cols_config is not string -%}
  {%- set query = 'select ' ~ check_cols_config | join(', ') ~ ' from (\n' ~ node['compiled_code'] ~ '\n) as subq' -%}
{%- else -%}
  {%- do exceptions.raise_compiler_error('check_cols is all or a list of columns, not ' ~ check_cols_config) -%}
{%- endif -%}
{%- set wanted = get_columns_in_query(query) -%}
{%- set target = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
{%- set there = get_list_of_column_names(adapter.get_columns_in_relation(target)) -%}
{%- set both = [] -%}
{%- for name in wanted if name in there -%}{%- do both.append(adapter.quote(name)) -%}{%- endfor -%}
{%- do return((both | length < wanted | length, both)) -%}
{%- endmacro %}

{# The names of the columns that a snapshot adds. #}
{% macro get_snapshot_table_column_names() -%}
{%- do return({'dbt_valid_to': 'dbt_valid_to', 'dbt_valid_from': 'dbt_valid_from', 'dbt_scd_id': 'dbt_scd_id',
    'dbt_updated_at': 'dbt_updated_at', 'dbt_is_deleted': 'dbt_is_deleted'}) -%}
{%- endmacro %}
{% macro snapshot_column_names() -%}
{%- do return(config.get('snapshot_table_column_names') or get_snapshot_table_column_names()) -%}
{%- endmacro %}

{# The end of what is still valid, with the type of the time. #}
{% macro get_dbt_valid_to_current(strategy, columns) -%}
coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ config.get('dbt_valid_to_current') or 'null' }}) as {{ columns.dbt_valid_to }}
{%- endmacro %}

{# Keys of one column or several, under names of their own. #}
{% macro unique_key_fields(unique_key) -%}
{%- if unique_key is string -%} {{ unique_key }} as dbt_unique_key
{%- else -%}
  {%- for key in unique_key -%} {{ key }} as dbt_unique_key_{{ loop.index }}{{ ', ' if not loop.last }} {%- endfor -%}
{%- endif -%}
{%- endmacro %}
{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
{%- if unique_key is string -%} {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
{%- else -%}
  {%- for key in unique_key -%}
{{ equals(identifier ~ '.dbt_unique_key_' ~ loop.index, from_identifier ~ '.dbt_unique_key_' ~ loop.index) }}{{ ' and ' if not loop.last }}
  {%- endfor -%}
{%- endif -%}
{%- endmacro %}
{% macro unique_key_is_null(unique_key, identifier) -%}
{{ identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is null
{%- endmacro %}
{% macro unique_key_is_not_null(unique_key, identifier) -%}
{{ identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is not null
{%- endmacro %}

{% macro get_true_sql() -%} {{ adapter.dispatch('get_true_sql', 'dbt')() }} {%- endmacro %}
{% macro default__get_true_sql() %}{% do return('TRUE') %}{% endmacro %}

{# The type of dbt_updated_at in a snapshot's query; none without such a column. #}
{% macro get_updated_at_column_data_type(snapshot_sql) -%}
{%- for column in get_column_schema_from_query(snapshot_sql) if column.column | lower == 'dbt_updated_at' -%}
  {%- do return(column.dtype) -%}
{%- endfor -%}
{%- do return(none) -%}
{%- endmacro %}
{% macro check_time_data_types(sql) -%}
{%- set theirs, ours = get_updated_at_column_data_type(sql), get_snapshot_get_time_data_type() -%}
{%- if theirs and ours and theirs != ours -%}
  {%- do exceptions.warn('updated_at of the snapshot is ' ~ theirs ~ ', its own times are ' ~ ours) -%}
{%- endif -%}
{%- endmacro %}
