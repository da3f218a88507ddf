{#
  persist_docs: descriptions as comments of relations and columns.
#}

{% macro persist_docs(relation, model, for_relation=true, for_columns=true) %}{% do return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) %}{% endmacro %}
{% macro default__persist_docs(relation, model, for_relation, for_columns) -%}
{%- if for_relation and config.persist_relation_docs() and model.description -%}
  {%- do run_query(alter_relation_comment(relation, model.description)) -%}
{%- endif -%}
{%- if for_columns and config.persist_column_docs() and model.columns -%}
  {%- set there = get_list_of_column_names(adapter.get_columns_in_relation(relation)) -%}
  {%- set sql = alter_column_comment(relation, validate_doc_columns(relation, model.columns, there)) | trim -%}
  {%- if sql -%}{%- do run_query(sql) -%}{%- endif -%}
{%- endif -%}
{%- endmacro %}

{# Those of the documented columns that are there; a warning names the others. #}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) -%}
{%- set lower = existing_column_names | map('lower') | list -%}
{%- set kept, missing = {}, [] -%}
{%- for name, column in column_dict.items() -%}
  {%- if name in existing_column_names or not column['quote'] and name | lower in lower -%}
    {%- do kept.update({name: column}) -%}
  {%- else -%}
    {%- do missing.append(name) -%}
  {%- endif -%}
{%- endfor -%}
{%- if missing -%}
  {%- do exceptions.warn(relation ~ ' has no such columns, which are documented: ' ~ missing | join(', ')) -%}
{%- endif -%}
{%- do return(kept) -%}
{%- endmacro %}

{% macro alter_relation_comment(relation, relation_comment) %}{% do return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) %}{% endmacro %}
{% macro duckdb__alter_relation_comment(relation, relation_comment) -%}
comment on {{ relation.type or 'table' }} {{ relation }} is {{ duckdb_escape_comment(relation_comment) }};
{%- endmacro %}
{% macro default__alter_relation_comment(relation, relation_comment) %}{% do return(duckdb__alter_relation_comment(relation, relation_comment)) %}{% endmacro %}

{% macro alter_column_comment(relation, column_dict) %}{% do return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) %}{% endmacro %}
{% macro duckdb__alter_column_comment(relation, column_dict) -%}
{%- for name, column in column_dict.items() -%}
comment on column {{ relation }}.{{ adapter.quote(name) }} is {{ duckdb_escape_comment(column['description']) }};
{% endfor -%}
{%- endmacro %}
{% macro default__alter_column_comment(relation, column_dict) %}{% do return(duckdb__alter_column_comment(relation, column_dict)) %}{% endmacro %}

{# Any text as a literal. #}
{% macro duckdb_escape_comment(comment) -%}
{%- if comment is not string -%}{%- do exceptions.raise_compiler_error('a comment is a text, not ' ~ comment) -%}{%- endif -%}
'{{ dbt.escape_single_quotes(comment) }}'
{%- endmacro %}
