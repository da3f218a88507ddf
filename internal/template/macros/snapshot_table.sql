{#
  The queries of snapshots written in Jinja: the first table, the versions that
  a run adds and ends, and how they come into the table.
#}

{% macro build_snapshot_table(strategy, sql) -%} {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }} {%- endmacro %}
{% macro default__build_snapshot_table(strategy, sql) -%}
{%- set names = snapshot_column_names() -%}
select *,
    {{ strategy.scd_id }} as {{ names.dbt_scd_id }},
    {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
    {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
    {{ get_dbt_valid_to_current(strategy, names) }}
    {%- if strategy.hard_deletes == 'new_record' %}, 'False' as {{ names.dbt_is_deleted }}{% endif %}
from (
{{ sql }}
) as sbq
{%- endmacro %}

{# Whether a version is the last one of its key. #}
{% macro snapshot_is_open(prefix='') -%}
{%- set end, until = prefix ~ snapshot_column_names().dbt_valid_to, config.get('dbt_valid_to_current') -%}
({{ end }} is null{% if until %} or {{ end }} = {{ until }}{% endif %})
{%- endmacro %}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%} {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }} {%- endmacro %}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
{%- set names, key = snapshot_column_names(), strategy.unique_key -%}
{%- set records = strategy.hard_deletes == 'new_record' -%}
{%- set changed = '(' ~ strategy.row_changed ~ (' or snapshotted_data.' ~ names.dbt_is_deleted ~ " = 'True'" if records else '') ~ ')' -%}
{%- set same_key = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
{%- set gone = unique_key_is_null(key, 'source_data') ~ (' and snapshotted_data.' ~ names.dbt_is_deleted ~ " <> 'True'" if records else '') -%}
with snapshot_query as (
{{ source_sql }}
),
snapshotted_data as (
    select *, {{ unique_key_fields(key) }} from {{ target_relation }} where {{ snapshot_is_open() }}
),
source_data as (
    select *, {{ unique_key_fields(key) }},
        {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, names) }},
        {{ strategy.scd_id }} as {{ names.dbt_scd_id }}
    from snapshot_query
)
select 'insert' as dbt_change_type, source_data.*{% if records %}, 'False' as {{ names.dbt_is_deleted }}{% endif %}
from source_data left join snapshotted_data on {{ same_key }}
where {{ unique_key_is_null(key, 'snapshotted_data') }} or {{ changed }}
union all by name
select 'update' as dbt_change_type, source_data.* exclude ({{ names.dbt_valid_to }}, {{ names.dbt_scd_id }}),
    source_data.{{ names.dbt_updated_at }} as {{ names.dbt_valid_to }},
    snapshotted_data.{{ names.dbt_scd_id }}{% if records %}, snapshotted_data.{{ names.dbt_is_deleted }}{% endif %}
from source_data join snapshotted_data on {{ same_key }}
where {{ changed }}
{%- if strategy.hard_deletes in ('invalidate', 'new_record') %}
union all by name
select 'delete' as dbt_change_type,
    {{ snapshot_get_time() }} as {{ names.dbt_valid_from }},
    {{ snapshot_get_time() }} as {{ names.dbt_updated_at }},
    {{ snapshot_get_time() }} as {{ names.dbt_valid_to }},
    snapshotted_data.{{ names.dbt_scd_id }}{% if records %}, snapshotted_data.{{ names.dbt_is_deleted }}{% endif %}
from snapshotted_data left join source_data on {{ same_key }}
where {{ gone }}
{%- endif -%}
{%- if records %}
{%- set kept = get_list_of_column_names(get_columns_in_relation(target_relation)) %}
union all by name
select 'insert' as dbt_change_type,
    {%- for name in get_columns_in_query(source_sql) if name in kept %}
    snapshotted_data.{{ adapter.quote(name) }},
    {%- endfor %}
    {{ snapshot_get_time() }} as {{ names.dbt_valid_from }},
    {{ snapshot_get_time() }} as {{ names.dbt_updated_at }},
    snapshotted_data.{{ names.dbt_valid_to }},
    {{ snapshot_hash_arguments(['snapshotted_data.' ~ names.dbt_scd_id, snapshot_get_time()]) }} as {{ names.dbt_scd_id }},
    'True' as {{ names.dbt_is_deleted }}
from snapshotted_data left join source_data on {{ same_key }}
where {{ gone }}
{%- endif -%}
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
{%- set staging = make_temp_relation(target_relation) -%}
{%- call statement('build_snapshot_staging_relation') -%}
{{ create_table_as(True, staging, snapshot_staging_table(strategy, sql, target_relation)) }}
{%- endcall -%}
{%- do return(staging) -%}
{%- endmacro %}

{# Ends the versions that have changed or are gone, and adds the new ones. #}
{% macro snapshot_merge_sql(target, source, insert_cols) -%} {{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }} {%- endmacro %}
{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) -%}
{%- set names = snapshot_column_names() -%}
update {{ target }} as DBT_INTERNAL_TARGET
set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}
from {{ source }} as DBT_INTERNAL_SOURCE
where DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }}::text = DBT_INTERNAL_TARGET.{{ names.dbt_scd_id }}::text
    and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    and {{ snapshot_is_open('DBT_INTERNAL_TARGET.') }};
insert into {{ target }} ({{ insert_cols | join(', ') }})
select {{ insert_cols | join(', ') }} from {{ source }} where dbt_change_type = 'insert';
{%- endmacro %}
{% macro default__snapshot_merge_sql(target, source, insert_cols) %}{% do return(duckdb__snapshot_merge_sql(target, source, insert_cols)) %}{% endmacro %}

{% macro post_snapshot(staging_relation) -%} {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }} {%- endmacro %}
{% macro duckdb__post_snapshot(staging_relation) -%} {%- do drop_relation(staging_relation) -%} {%- endmacro %}
{% macro default__post_snapshot(staging_relation) %}{% do return(duckdb__post_snapshot(staging_relation)) %}{% endmacro %}
