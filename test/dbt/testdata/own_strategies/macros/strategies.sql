{% macro get_incremental_new_keys_sql(arg_dict) %}{% do return(shared.get_incremental_new_keys_sql(arg_dict)) %}{% endmacro %}

{# Several statements, and rows that were there are kept beside. #}
{% macro get_incremental_keep_old_sql(arg_dict) %}
  {% set t, s, key = arg_dict.target_relation, arg_dict.temp_relation, arg_dict.unique_key %}
  update {{ t }} set current = false where {{ key }} in (select {{ key }} from {{ s }});
  insert into {{ t }} select * from {{ s }};
{% endmacro %}

{# dbt's own, done otherwise. #}
{% macro default__get_incremental_append_sql(arg_dict) %}
  {% do return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) %}
{% endmacro %}
{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) %}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  insert into {{ target_relation }} ({{ names }}) select distinct {{ names }} from {{ temp_relation }} where quantity > 0
{% endmacro %}
{% macro get_incremental_merge_sql(arg_dict) %}
  merge into {{ arg_dict['target_relation'] }} as t using {{ arg_dict['temp_relation'] }} as s on t.id = s.id
  when matched then update set quantity = t.quantity + s.quantity
  when not matched then insert by name
{% endmacro %}

{% macro snapshot_numbered_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% do return(shared.snapshot_numbered_strategy(node, snapshotted_rel, current_rel, model_config, target_exists)) %}
{% endmacro %}
{% macro default__snapshot_hash_arguments(args) %}
  sha256({% for a in args %}coalesce({{ a }}::varchar, '-'){{ " || '/' || " if not loop.last }}{% endfor %})
{% endmacro %}
{% macro duckdb__snapshot_get_time() %} (timestamp '2026-04-01' + to_days({{ var('day') }})) {% endmacro %}
