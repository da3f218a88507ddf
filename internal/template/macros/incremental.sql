{#
  The SQL of each strategy of incremental models, for materializations written
  in Jinja. target is the model's table, source holds the new rows.
#}

{% macro get_incremental_append_sql(arg_dict) %}{% do return(adapter.dispatch('get_incremental_append_sql', 'dbt')(arg_dict)) %}{% endmacro %}
{% macro default__get_incremental_append_sql(arg_dict) -%}
{%- do return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) -%}
{%- endmacro %}

{% macro get_incremental_delete_insert_sql(arg_dict) %}{% do return(adapter.dispatch('get_incremental_delete_insert_sql', 'dbt')(arg_dict)) %}{% endmacro %}
{% macro default__get_incremental_delete_insert_sql(arg_dict) -%}
{%- do return(get_delete_insert_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'],
    arg_dict['dest_columns'], arg_dict['incremental_predicates'])) -%}
{%- endmacro %}

{% macro get_incremental_merge_sql(arg_dict) %}{% do return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) %}{% endmacro %}
{% macro duckdb__get_incremental_merge_sql(arg_dict) -%}
{%- do return(get_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'],
    arg_dict['dest_columns'], arg_dict['incremental_predicates'])) -%}
{%- endmacro %}
{% macro default__get_incremental_merge_sql(arg_dict) %}{% do return(duckdb__get_incremental_merge_sql(arg_dict)) %}{% endmacro %}

{% macro get_incremental_insert_overwrite_sql(arg_dict) %}{% do return(adapter.dispatch('get_incremental_insert_overwrite_sql', 'dbt')(arg_dict)) %}{% endmacro %}
{% macro default__get_incremental_insert_overwrite_sql(arg_dict) -%}
{%- do return(get_insert_overwrite_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'],
    arg_dict['dest_columns'], arg_dict['incremental_predicates'])) -%}
{%- endmacro %}

{# Without a strategy rows are replaced by their key; without a key they are added. #}
{% macro get_incremental_default_sql(arg_dict) %}{% do return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) %}{% endmacro %}
{% macro duckdb__get_incremental_default_sql(arg_dict) -%} {%- do return(get_incremental_delete_insert_sql(arg_dict)) -%} {%- endmacro %}
{% macro default__get_incremental_default_sql(arg_dict) %}{% do return(duckdb__get_incremental_default_sql(arg_dict)) %}{% endmacro %}

{# One batch of time takes the place of what the table had of it. #}
{% macro get_incremental_microbatch_sql(arg_dict) %}{% do return(adapter.dispatch('get_incremental_microbatch_sql', 'dbt')(arg_dict)) %}{% endmacro %}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) -%}
{%- set at, batch = config.get('event_time'), model.get('batch') or {} -%}
{%- if not at -%}
  {%- do exceptions.raise_compiler_error("the strategy microbatch needs the configuration `event_time`") -%}
{%- elif config.get('unique_key') -%}
  {%- do exceptions.raise_compiler_error("the strategy microbatch replaces whole batches and takes no `unique_key`; use merge for keys") -%}
{%- elif not (batch.get('event_time_start') and batch.get('event_time_end')) -%}
  {%- do exceptions.raise_compiler_error("the strategy microbatch needs a batch with its start and its end") -%}
{%- endif -%}
{%- set within = at ~ " >= '" ~ batch.event_time_start ~ "' and " ~ at ~ " < '" ~ batch.event_time_end ~ "'" -%}
{%- set also = normalize_incremental_predicates(arg_dict.get('incremental_predicates')) -%}
{%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
{%- set sql -%}
delete from {{ arg_dict['target_relation'] }} where {{ within }}{% for predicate in also %} and ({{ predicate }}){% endfor %};
insert into {{ arg_dict['target_relation'] }} ({{ columns }})
select {{ columns }} from {{ arg_dict['temp_relation'] }} where {{ within }};
{%- endset -%}
{%- do return(sql) -%}
{%- endmacro %}
{% macro default__get_incremental_microbatch_sql(arg_dict) %}{% do return(duckdb__get_incremental_microbatch_sql(arg_dict)) %}{% endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) -%}
{%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
insert into {{ target_relation }} ({{ columns }})
(select {{ columns }} from {{ temp_relation }})
{%- endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
{{ adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{%- endmacro %}
{# Several keys match column by column, and null matches nothing. #}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
{%- set conditions = [] -%}
{%- if unique_key is string -%}
  {%- do conditions.append('(' ~ unique_key ~ ') in (select (' ~ unique_key ~ ') from ' ~ source ~ ')') -%}
{%- elif unique_key -%}
  {%- for key in unique_key -%}
    {%- do conditions.append(source ~ '.' ~ key ~ ' = DBT_INCREMENTAL_TARGET.' ~ key) -%}
  {%- endfor -%}
{%- endif -%}
{%- if conditions -%}
delete from {{ target }}{% if unique_key is not string %} as DBT_INCREMENTAL_TARGET using {{ source }}{% endif %}
where {{ (conditions + (incremental_predicates or [])) | join(' and ') }};
{% endif -%}
{%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
insert into {{ target }} ({{ columns }})
(select {{ columns }} from {{ source }})
{%- endmacro %}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}{% do return(duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates)) %}{% endmacro %}

{% macro get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) -%}
{{ adapter.dispatch('get_insert_overwrite_merge_sql', 'dbt')(target, source, dest_columns, predicates, include_sql_header) }}
{%- endmacro %}
{% macro default__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) -%}
{%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
{{ config.get('sql_header') or '' if include_sql_header }}
merge into {{ target }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on false
when not matched by source{{ ' and ' ~ predicates | join(' and ') if predicates }} then delete
when not matched then insert ({{ columns }}) values ({{ columns }})
{%- endmacro %}
