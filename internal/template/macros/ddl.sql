{#
  SQL that makes, replaces, drops and renames relations. Each macro writes the
  statement; nothing runs here.
#}

{% macro get_create_sql(relation, sql) -%} {{ adapter.dispatch('get_create_sql', 'dbt')(relation, sql) }} {%- endmacro %}
{% macro default__get_create_sql(relation, sql) -%}
{%- if relation.is_view -%} {{ get_create_view_as_sql(relation, sql) }}
{%- elif relation.is_table -%} {{ get_create_table_as_sql(False, relation, sql) }}
{%- elif relation.is_materialized_view -%} {{ get_create_materialized_view_as_sql(relation, sql) }}
{%- else -%} {%- do exceptions.raise_compiler_error('get_create_sql knows no ' ~ relation.type) -%}
{%- endif -%}
{%- endmacro %}

{% macro get_create_table_as_sql(temporary, relation, sql) -%} {{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }} {%- endmacro %}
{% macro default__get_create_table_as_sql(temporary, relation, sql) -%} {{ create_table_as(temporary, relation, sql) }} {%- endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
{{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
{%- endmacro %}
{# With an enforced contract the table has the columns of the YAML file, in their order. #}
{% macro duckdb__create_table_as(temporary, relation, compiled_code) -%}
{%- set enforced = (config.get('contract') or {}).enforced -%}
{{ config.get('sql_header') or '' }}
{%- if enforced %}{{ get_assert_columns_equivalent(compiled_code) }}{% endif %}
create {{ 'temporary ' if temporary }}table {{ relation.include(database=not temporary, schema=not temporary) }}
{%- if enforced and not temporary %}
{{ get_table_columns_and_constraints() }};
insert into {{ relation }} {{ get_column_names() }} (
{{ get_select_subquery(compiled_code) }}
);
{%- else %} as (
{{ compiled_code }}
);
{%- endif -%}
{%- endmacro %}
{% macro default__create_table_as(temporary, relation, compiled_code) %}{% do return(duckdb__create_table_as(temporary, relation, compiled_code)) %}{% endmacro %}

{% macro get_create_view_as_sql(relation, sql) -%} {{ adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql) }} {%- endmacro %}
{% macro default__get_create_view_as_sql(relation, sql) -%} {{ create_view_as(relation, sql) }} {%- endmacro %}
{% macro create_view_as(relation, sql) -%} {{ adapter.dispatch('create_view_as', 'dbt')(relation, sql) }} {%- endmacro %}
{% macro duckdb__create_view_as(relation, sql) -%}
{{ config.get('sql_header') or '' }}
{%- if (config.get('contract') or {}).enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
create view {{ relation }} as (
{{ sql }}
);
{%- endmacro %}
{% macro default__create_view_as(relation, sql) %}{% do return(duckdb__create_view_as(relation, sql)) %}{% endmacro %}

{# A view that takes the place of another one. #}
{% macro create_or_replace_view() -%}
{%- set target = this.incorporate(type='view') -%}
{%- set there = load_cached_relation(this) -%}
{{ run_hooks(pre_hooks) }}
{%- if there is not none -%}{%- do handle_existing_table(should_full_refresh(), there) -%}{%- endif -%}
{%- call statement('main') -%} {{ get_create_view_as_sql(target, sql) }} {%- endcall -%}
{{ run_hooks(post_hooks) }}
{%- do return({'relations': [target]}) -%}
{%- endmacro %}

{# Materialized views are tables here, made anew by each run. #}
{% macro get_create_materialized_view_as_sql(relation, sql) -%} {{ adapter.dispatch('get_create_materialized_view_as_sql', 'dbt')(relation, sql) }} {%- endmacro %}
{% macro default__get_create_materialized_view_as_sql(relation, sql) -%} {{ get_create_table_as_sql(False, relation, sql) }} {%- endmacro %}
{% macro get_replace_materialized_view_sql(relation, sql) -%} {{ adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql) }} {%- endmacro %}
{% macro default__get_replace_materialized_view_sql(relation, sql) -%} {{ get_replace_table_sql(relation, sql) }} {%- endmacro %}
{% macro drop_materialized_view(relation) -%} {{ adapter.dispatch('drop_materialized_view', 'dbt')(relation) }} {%- endmacro %}
{% macro default__drop_materialized_view(relation) -%} {{ drop_table(relation) }} {%- endmacro %}
{% macro get_rename_materialized_view_sql(relation, new_name) -%} {{ adapter.dispatch('get_rename_materialized_view_sql', 'dbt')(relation, new_name) }} {%- endmacro %}
{% macro default__get_rename_materialized_view_sql(relation, new_name) -%} {{ get_rename_table_sql(relation, new_name) }} {%- endmacro %}

{% macro get_replace_table_sql(relation, sql) -%} {{ adapter.dispatch('get_replace_table_sql', 'dbt')(relation, sql) }} {%- endmacro %}
{% macro default__get_replace_table_sql(relation, sql) -%} create or replace table {{ relation }} as ({{ sql }}) {%- endmacro %}
{% macro get_replace_view_sql(relation, sql) -%} {{ adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql) }} {%- endmacro %}
{% macro default__get_replace_view_sql(relation, sql) -%} create or replace view {{ relation }} as ({{ sql }}) {%- endmacro %}

{# What is there is dropped and made anew: the step publishes both at once, or nothing. #}
{% macro get_replace_sql(existing_relation, target_relation, sql) -%} {{ adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql) }} {%- endmacro %}
{% macro default__get_replace_sql(existing_relation, target_relation, sql) -%}
{{ get_drop_sql(existing_relation) }};
{{ get_create_sql(target_relation, sql) }}
{%- endmacro %}

{% macro get_drop_sql(relation) -%} {{ adapter.dispatch('get_drop_sql', 'dbt')(relation) }} {%- endmacro %}
{% macro default__get_drop_sql(relation) -%}
{%- if relation.is_view -%} {{ drop_view(relation) }}
{%- elif relation.is_materialized_view -%} {{ drop_materialized_view(relation) }}
{%- else -%} {{ drop_table(relation) }}
{%- endif -%}
{%- endmacro %}
{% macro drop_table(relation) -%} {{ adapter.dispatch('drop_table', 'dbt')(relation) }} {%- endmacro %}
{% macro default__drop_table(relation) -%} drop table if exists {{ relation.render() }} cascade {%- endmacro %}
{% macro drop_view(relation) -%} {{ adapter.dispatch('drop_view', 'dbt')(relation) }} {%- endmacro %}
{% macro default__drop_view(relation) -%} drop view if exists {{ relation.render() }} cascade {%- endmacro %}

{% macro get_rename_sql(relation, new_name) -%} {{ adapter.dispatch('get_rename_sql', 'dbt')(relation, new_name) }} {%- endmacro %}
{% macro default__get_rename_sql(relation, new_name) -%}
{%- if relation.is_view -%} {{ get_rename_view_sql(relation, new_name) }}
{%- elif relation.is_table -%} {{ get_rename_table_sql(relation, new_name) }}
{%- elif relation.is_materialized_view -%} {{ get_rename_materialized_view_sql(relation, new_name) }}
{%- else -%} {%- do exceptions.raise_compiler_error('get_rename_sql knows no ' ~ relation.type) -%}
{%- endif -%}
{%- endmacro %}
{% macro get_rename_table_sql(relation, new_name) -%} {{ adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name) }} {%- endmacro %}
{% macro default__get_rename_table_sql(relation, new_name) -%} alter table {{ relation.render() }} rename to {{ adapter.quote(new_name) }} {%- endmacro %}
{% macro get_rename_view_sql(relation, new_name) -%} {{ adapter.dispatch('get_rename_view_sql', 'dbt')(relation, new_name) }} {%- endmacro %}
{% macro default__get_rename_view_sql(relation, new_name) -%} alter view {{ relation.render() }} rename to {{ adapter.quote(new_name) }} {%- endmacro %}

{# The ways through another name: beside the relation, and out of its way. #}
{% macro get_create_intermediate_sql(relation, sql) -%} {{ adapter.dispatch('get_create_intermediate_sql', 'dbt')(relation, sql) }} {%- endmacro %}
{% macro default__get_create_intermediate_sql(relation, sql) -%}
{%- set beside = make_intermediate_relation(relation) -%}
{{ get_drop_sql(beside) }};
{{ get_create_sql(beside, sql) }}
{%- endmacro %}
{% macro get_rename_intermediate_sql(relation) -%} {{ adapter.dispatch('get_rename_intermediate_sql', 'dbt')(relation) }} {%- endmacro %}
{% macro default__get_rename_intermediate_sql(relation) -%} {{ get_rename_sql(make_intermediate_relation(relation), relation.identifier) }} {%- endmacro %}
{% macro get_create_backup_sql(relation) -%} {{ adapter.dispatch('get_create_backup_sql', 'dbt')(relation) }} {%- endmacro %}
{% macro default__get_create_backup_sql(relation) -%}
{%- set aside = make_backup_relation(relation, relation.type) -%}
{{ get_drop_sql(aside) }};
{{ get_rename_sql(relation, aside.identifier) }}
{%- endmacro %}
{% macro get_drop_backup_sql(relation) -%} {{ adapter.dispatch('get_drop_backup_sql', 'dbt')(relation) }} {%- endmacro %}
{% macro default__get_drop_backup_sql(relation) -%} {{ get_drop_sql(make_backup_relation(relation, relation.type)) }} {%- endmacro %}

{# Clones are views, since tables cannot share their rows here. #}
{% macro can_clone_table() %}{% do return(adapter.dispatch('can_clone_table', 'dbt')()) %}{% endmacro %}
{% macro default__can_clone_table() %}{% do return(False) %}{% endmacro %}

{# Indexes are the lake's own matter: none are made, and dropping finds none. #}
{% macro create_indexes(relation) -%} {{ adapter.dispatch('create_indexes', 'dbt')(relation) }} {%- endmacro %}
{% macro default__create_indexes(relation) -%}
{%- for index in config.get('indexes', default=[]) -%}
  {%- set sql = get_create_index_sql(relation, index) -%}
  {%- if sql -%}{%- do run_query(sql) -%}{%- endif -%}
{%- endfor -%}
{%- endmacro %}
{% macro get_create_index_sql(relation, index_dict) %}{% do return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) %}{% endmacro %}
{% macro duckdb__get_create_index_sql(relation, index_dict) %}{% do return(None) %}{% endmacro %}
{% macro default__get_create_index_sql(relation, index_dict) %}{% do return(duckdb__get_create_index_sql(relation, index_dict)) %}{% endmacro %}
{% macro drop_indexes_on_relation(relation) -%}{%- endmacro %}
