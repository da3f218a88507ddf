{#
  What a model's configuration and the command's flags say together, and hooks.
#}

{% macro should_full_refresh() -%}
{%- set own = config.get('full_refresh') -%}
{%- do return(flags.FULL_REFRESH if own is none else own) -%}
{%- endmacro %}

{% macro should_store_failures() -%}
{%- set own = config.get('store_failures') -%}
{%- do return(flags.STORE_FAILURES if own is none else own) -%}
{%- endmacro %}

{% macro is_incremental() -%} {%- do return(_incremental()) -%} {%- endmacro %}

{% macro set_sql_header(config) -%} {%- do config.set('sql_header', caller()) -%} {%- endmacro %}

{# A hook that says whether it runs inside of the transaction. #}
{% macro make_hook_config(sql, inside_transaction) -%}
{{ tojson({'sql': sql, 'transaction': inside_transaction}) }}
{%- endmacro %}
{% macro before_begin(sql) -%} {{ make_hook_config(sql, inside_transaction=False) }} {%- endmacro %}
{% macro in_transaction(sql) -%} {{ make_hook_config(sql, inside_transaction=True) }} {%- endmacro %}
{% macro after_commit(sql) -%} {{ make_hook_config(sql, inside_transaction=False) }} {%- endmacro %}

{# Runs those hooks that belong here; one that renders to nothing is left out. #}
{% macro run_hooks(hooks, inside_transaction=True) -%}
{%- for hook in hooks if hook.transaction == inside_transaction -%}
  {%- set sql = render(hook.get('sql')) | trim -%}
  {%- if sql -%}
    {%- call statement(auto_begin=inside_transaction) -%} {{ sql }} {%- endcall -%}
  {%- endif -%}
{%- endfor -%}
{%- endmacro %}

{# A text or a list of texts as a list; anything else is an error. #}
{% macro normalize_string_or_list(raw, field_name) -%}
{%- set values = [] if raw is none else [raw] if raw is string else raw -%}
{%- if values is mapping or values is not sequence or values | reject('string') | list -%}
  {%- do exceptions.raise_compiler_error(field_name ~ ' is a string or a list of strings, not ' ~ raw) -%}
{%- endif -%}
{%- do return(values | list) -%}
{%- endmacro %}
{% macro normalize_incremental_predicates(incremental_predicates) -%}
{%- do return(normalize_string_or_list(incremental_predicates, 'incremental_predicates')) -%}
{%- endmacro %}

{# Partitions and sort order are configured on the model here, never in its SQL. #}
{% macro duckdb__get_partitioned_by(relation, temporary) -%} {%- do return(none) -%} {%- endmacro %}
{% macro duckdb__get_sorted_by(relation, temporary) -%} {%- do return(none) -%} {%- endmacro %}

{# Models whose rows are in files elsewhere are sources here, which need no views made for them. #}
{% macro register_upstream_external_models() -%}{%- endmacro %}
