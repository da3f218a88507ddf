{#
  Looking relations up, naming those that are there for a while, and removing
  and renaming them.
#}

{# What there is of the relation's name; none if nothing. #}
{% macro load_cached_relation(relation) -%}
{%- do return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) -%}
{%- endmacro %}
{% macro load_relation(relation) -%} {%- do return(load_cached_relation(relation)) -%} {%- endmacro %}

{# Whether it is there, and the relation. #}
{% macro get_or_create_relation(database, schema, identifier, type) %}{% do return(adapter.dispatch('get_or_create_relation', 'dbt')(database, schema, identifier, type)) %}{% endmacro %}
{% macro default__get_or_create_relation(database, schema, identifier, type) -%}
{%- set there = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
{%- do return([true, there] if there else
    [false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type)]) -%}
{%- endmacro %}

{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') %}{% do return(adapter.dispatch('make_intermediate_relation', 'dbt')(base_relation, suffix)) %}{% endmacro %}
{% macro default__make_intermediate_relation(base_relation, suffix) -%}
{%- do return(default__make_temp_relation(base_relation, suffix)) -%}
{%- endmacro %}

{# Batches of one model get a name each. #}
{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') -%}
{%- if suffix == '__dbt_tmp' and model.batch -%}
  {%- set suffix = suffix ~ '_' ~ model.batch.id -%}
{%- endif -%}
{%- do return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, suffix)) -%}
{%- endmacro %}
{% macro default__make_temp_relation(base_relation, suffix) -%}
{%- do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix})) -%}
{%- endmacro %}
{# A table of the session: without a schema, and with a name that nothing else has. #}
{% macro duckdb__make_temp_relation(base_relation, suffix) -%}
{%- set name = base_relation.identifier ~ suffix ~ py_current_timestring() -%}
{%- do return(base_relation.incorporate(path={'identifier': name, 'schema': none, 'database': none})) -%}
{%- endmacro %}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') -%}
{%- do return({'relation': make_temp_relation(target_relation), 'temporary': true}) -%}
{%- endmacro %}

{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') %}{% do return(adapter.dispatch('make_backup_relation', 'dbt')(base_relation, backup_relation_type, suffix)) %}{% endmacro %}
{% macro default__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
{%- do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix}, type=backup_relation_type)) -%}
{%- endmacro %}

{% macro drop_relation(relation) %}{% do return(adapter.dispatch('drop_relation', 'dbt')(relation)) %}{% endmacro %}
{% macro duckdb__drop_relation(relation) -%}
{%- call statement('drop_relation', auto_begin=False) -%} {{ get_drop_sql(relation) }} {%- endcall -%}
{%- endmacro %}
{% macro default__drop_relation(relation) %}{% do return(duckdb__drop_relation(relation)) %}{% endmacro %}
{% macro drop_relation_if_exists(relation) -%}
{%- if relation is not none -%}{%- do adapter.drop_relation(relation) -%}{%- endif -%}
{%- endmacro %}
{# Foreign keys hold nothing back here, so what is to be rebuilt is dropped alone. #}
{% macro drop_relation_for_rebuild(relation) -%}
{%- do adapter.drop_relation(relation) -%}
{%- do return([]) -%}
{%- endmacro %}

{% macro rename_relation(from_relation, to_relation) %}{% do return(adapter.dispatch('rename_relation', 'dbt')(from_relation, to_relation)) %}{% endmacro %}
{% macro duckdb__rename_relation(from_relation, to_relation) -%}
{%- call statement('rename_relation') -%}
alter {{ to_relation.type or 'table' }} {{ from_relation.render() }} rename to {{ adapter.quote(to_relation.identifier) }}
{%- endcall -%}
{%- endmacro %}
{% macro default__rename_relation(from_relation, to_relation) %}{% do return(duckdb__rename_relation(from_relation, to_relation)) %}{% endmacro %}

{% macro truncate_relation(relation) %}{% do return(adapter.dispatch('truncate_relation', 'dbt')(relation)) %}{% endmacro %}
{% macro default__truncate_relation(relation) -%}
{%- call statement('truncate_relation') -%} truncate table {{ relation.render() }} {%- endcall -%}
{%- endmacro %}

{# What stands where a view is to be, and is none: it goes. #}
{% macro handle_existing_table(full_refresh, old_relation) -%}
{{ adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation) }}
{%- endmacro %}
{% macro default__handle_existing_table(full_refresh, old_relation) -%}
{%- do log('Dropping ' ~ old_relation ~ ', which is a ' ~ old_relation.type) -%}
{%- do adapter.drop_relation(old_relation) -%}
{%- endmacro %}
