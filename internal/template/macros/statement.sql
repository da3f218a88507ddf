{#
  Running SQL from a template. `statement` runs what stands between its tags
  and keeps the answer for load_result; run_query gives the rows at once.
#}

{% macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
{%- if execute -%}
  {%- set code = caller() -%}
  {%- if name == 'main' -%}{%- do write(code) -%}{%- endif -%}
  {%- set answer, table = none, none -%}
  {%- if language == 'sql' -%}
    {%- set answer, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
  {%- elif language == 'python' -%}
    {%- set answer = submit_python_job(model, code) -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('`statement` runs sql or python, not ' ~ language) -%}
  {%- endif -%}
  {%- if name is not none -%}{%- do store_result(name, response=answer, agate_table=table) -%}{%- endif -%}
{%- endif -%}
{%- endmacro %}

{# As if a statement had run: the answer is what the caller says. #}
{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
{%- set text = caller() -%}
{%- if name == 'main' -%}{%- do write(text) -%}{%- endif -%}
{%- if name is not none -%}
  {%- do store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) -%}
{%- endif -%}
{%- endmacro %}

{# The rows as a table; undefined while texts are parsed. #}
{% macro run_query(sql) -%}
{%- call statement('run_query_statement', fetch_result=true, auto_begin=false) -%}
{{ sql }}
{%- endcall -%}
{%- do return(load_result('run_query_statement').table) -%}
{%- endmacro %}

{# What `tarn show` asks: the query, and a limit after it. #}
{% macro get_show_sql(compiled_code, sql_header, limit) -%}
{% if sql_header is not none %}{{ sql_header }}
{% endif %}{{ get_limit_subquery_sql(compiled_code, limit) }}
{%- endmacro %}

{% macro get_limit_subquery_sql(sql, limit) -%} {{ adapter.dispatch('get_limit_sql', 'dbt')(sql, limit) }} {%- endmacro %}
{% macro default__get_limit_sql(sql, limit) -%}
{{ sql }}
{%- if limit is not none %}
limit {{ limit }}
{%- endif -%}
{%- endmacro %}

{# Lets the engine look at a query without running it. #}
{% macro validate_sql(sql) %}{% do return(adapter.dispatch('validate_sql', 'dbt')(sql)) %}{% endmacro %}
{% macro default__validate_sql(sql) -%}
{%- call statement('validate_sql') -%} explain {{ sql }} {%- endcall -%}
{%- do return(load_result('validate_sql')) -%}
{%- endmacro %}
