{#
  Schemas: making and removing them, and what they hold.
#}

{% macro create_schema(relation) -%} {{ adapter.dispatch('create_schema', 'dbt')(relation) }} {%- endmacro %}
{% macro duckdb__create_schema(relation) -%}
{%- call statement('create_schema') -%} create schema if not exists {{ relation.without_identifier() }} {%- endcall -%}
{%- endmacro %}
{% macro default__create_schema(relation) %}{% do return(duckdb__create_schema(relation)) %}{% endmacro %}

{% macro drop_schema(relation) -%} {{ adapter.dispatch('drop_schema', 'dbt')(relation) }} {%- endmacro %}
{% macro duckdb__drop_schema(relation) -%}
{%- call statement('drop_schema') -%} drop schema if exists {{ relation.without_identifier() }} cascade {%- endcall -%}
{%- endmacro %}
{% macro default__drop_schema(relation) %}{% do return(duckdb__drop_schema(relation)) %}{% endmacro %}

{% macro drop_schema_named(schema_name) %}{% do return(adapter.dispatch('drop_schema_named', 'dbt')(schema_name)) %}{% endmacro %}
{% macro default__drop_schema_named(schema_name) -%}
{%- do adapter.drop_schema(api.Relation.create(schema=schema_name)) -%}
{%- endmacro %}

{% macro information_schema_name(database) %}{% do return(adapter.dispatch('information_schema_name', 'dbt')(database)) %}{% endmacro %}
{% macro default__information_schema_name(database) -%}
{{ database ~ '.' if database }}INFORMATION_SCHEMA
{%- endmacro %}

{# The names of the schemas, as a table of one column. #}
{% macro list_schemas(database) %}{% do return(adapter.dispatch('list_schemas', 'dbt')(database)) %}{% endmacro %}
{% macro duckdb__list_schemas(database) -%}
{%- do return(run_query('select distinct schema_name from information_schema.schemata order by schema_name')) -%}
{%- endmacro %}
{% macro default__list_schemas(database) %}{% do return(duckdb__list_schemas(database)) %}{% endmacro %}

{# How many schemas have the name, as a table of one value. #}
{% macro check_schema_exists(information_schema, schema) %}{% do return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) %}{% endmacro %}
{% macro duckdb__check_schema_exists(information_schema, schema) -%}
{%- do return(run_query("select count(*) from information_schema.schemata where lower(schema_name) = '"
    ~ dbt.escape_single_quotes(schema | lower) ~ "'")) -%}
{%- endmacro %}
{% macro default__check_schema_exists(information_schema, schema) %}{% do return(duckdb__check_schema_exists(information_schema, schema)) %}{% endmacro %}

{# Database, name, schema and type of what a schema holds. #}
{% macro list_relations_without_caching(schema_relation) %}{% do return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) %}{% endmacro %}
{% macro duckdb__list_relations_without_caching(schema_relation) -%}
{%- call statement('list_relations_without_caching', fetch_result=True) -%}
select
    '{{ schema_relation.database }}' as database,
    table_name as name,
    table_schema as schema,
    if(table_type = 'VIEW', 'view', 'table') as type
from information_schema.tables
where lower(table_schema) = '{{ dbt.escape_single_quotes(schema_relation.schema | lower) }}'
{%- endcall -%}
{%- do return(load_result('list_relations_without_caching').table) -%}
{%- endmacro %}
{% macro default__list_relations_without_caching(schema_relation) %}{% do return(duckdb__list_relations_without_caching(schema_relation)) %}{% endmacro %}

{# There are no functions of one's own in the lake. #}
{% macro list_function_relations_without_caching(schema_relation) -%} {%- do return([]) -%} {%- endmacro %}
