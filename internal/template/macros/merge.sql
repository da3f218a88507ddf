{#
  MERGE for incremental models: by key, with dbt-duckdb's configurations for
  what happens to rows that match and to rows that do not.
#}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
{%- set incremental_predicates = kwargs.get('predicates', incremental_predicates) -%}
{{ adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{%- endmacro %}
{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
{%- do validate_merge_config(config, target) -%}
{%- set clauses = config.get('merge_clauses') or {} -%}
{%- set defaults = merge_clause_defaults(config.get('merge_update_condition'), config.get('merge_insert_condition'),
    config.get('merge_update_columns') or [], config.get('merge_exclude_columns') or [], config.get('merge_update_set_expressions') or {}) -%}
{%- set explicit = config.get('merge_update_columns') or config.get('merge_exclude_columns') or config.get('merge_update_set_expressions') -%}
{{ config.get('sql_header') or '' }}
merge into {{ target }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
{{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns'), incremental_predicates) }}
{%- for clause in clauses.get('when_matched', [defaults.when_matched_update_explicit if explicit else defaults.when_matched_update_by_name]) %}
when matched{{ merge_clause_condition(clause) }} then {{ merge_clause_action(clause, dest_columns) }}
{%- endfor %}
{%- for clause in clauses.get('when_not_matched', [defaults.when_not_matched_insert_by_name]) %}
when not matched{{ ' by ' ~ clause.by if clause.by }}{{ merge_clause_condition(clause) }} then {{ merge_clause_action(clause, dest_columns) }}
{%- endfor %}
{%- set returning = normalize_string_or_list(config.get('merge_returning_columns'), 'merge_returning_columns') -%}
{%- if returning %}
returning {{ returning | join(', ') }}
{%- endif -%}
{%- endmacro %}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}{% do return(duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates)) %}{% endmacro %}

{# Without a key nothing matches, and every row is new. #}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
{%- set conditions = [] -%}
{%- if not merge_on_using_columns -%}
  {%- for key in normalize_string_or_list(unique_key or none, 'unique_key') -%}
    {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
  {%- else -%}
    {%- do conditions.append('false') -%}
  {%- endfor -%}
{%- endif -%}
{%- do conditions.extend(normalize_incremental_predicates(incremental_predicates)) -%}
{%- if merge_on_using_columns -%} using ({{ merge_on_using_columns | join(', ') }}) {% endif -%}
{%- if conditions -%} on ({{ conditions | join(') and (') }}) {%- endif -%}
{%- endmacro %}

{% macro merge_clause_condition(clause) -%}
{%- if clause.condition %} and {{ clause.condition if clause.condition is string else '(' ~ clause.condition | join(') and (') ~ ')' }}{% endif -%}
{%- endmacro %}

{# What follows `then`: update, insert, delete, do_nothing or error. #}
{% macro merge_clause_action(clause, dest_columns) -%}
{%- set modes = {'by_name': ' by name', 'by_position': ' by position', 'star': ' *'} -%}
{%- if clause.action == 'update' and clause.mode in modes -%}
update{{ ' set *' if clause.mode == 'star' else modes[clause.mode] }}
{%- elif clause.action == 'update' -%}
  {%- set own = clause.set_expressions or (clause.get('update') or {}).get('set_expressions', {}) -%}
  {%- set parts = [] -%}
  {%- for column, expression in own.items() -%}{%- do parts.append(column ~ ' = ' ~ expression) -%}{%- endfor -%}
  {%- if clause.mode == 'explicit' -%}
    {%- for column in get_merge_update_columns((clause.get('update') or {}).get('include'), (clause.get('update') or {}).get('exclude'), dest_columns)
        if column | replace('"', '') not in own -%}
      {%- do parts.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
    {%- endfor -%}
  {%- endif -%}
update set {{ parts | join(', ') }}
{%- elif clause.action == 'insert' and clause.mode == 'explicit' -%}
insert ({{ clause.insert['columns'] | join(', ') }}) values ({{ clause.insert['values'] | join(', ') }})
{%- elif clause.action == 'insert' -%}
insert{{ modes.get(clause.mode, '') }}
{%- elif clause.action == 'error' -%}
error{{ " '" ~ dbt.escape_single_quotes(clause.error_message) ~ "'" if clause.error_message }}
{%- else -%}
{{ clause.action | replace('_', ' ') }}
{%- endif -%}
{%- endmacro %}

{% macro merge_clause_defaults(merge_update_condition, merge_insert_condition, merge_update_columns=[], merge_exclude_columns=[], merge_update_set_expressions={}) -%}
{%- do return({
    'when_matched_update_by_name': {'action': 'update', 'mode': 'by_name', 'condition': merge_update_condition},
    'when_not_matched_insert_by_name': {'action': 'insert', 'mode': 'by_name', 'condition': merge_insert_condition},
    'when_matched_update_explicit': {'action': 'update', 'mode': 'explicit', 'condition': merge_update_condition, 'update': {
        'include': merge_update_columns, 'exclude': merge_exclude_columns, 'set_expressions': merge_update_set_expressions}},
}) -%}
{%- endmacro %}

{# The columns that an update sets: those that are named, or all but those that are named. #}
{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}{% do return(adapter.dispatch('get_merge_update_columns', 'dbt')(merge_update_columns, merge_exclude_columns, dest_columns)) %}{% endmacro %}
{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
{%- if merge_update_columns and merge_exclude_columns -%}
  {%- do exceptions.raise_compiler_error('a model has merge_update_columns or merge_exclude_columns, not both') -%}
{%- elif merge_update_columns -%}
  {%- do return(merge_update_columns) -%}
{%- endif -%}
{%- set excluded, kept = (merge_exclude_columns or []) | map('lower') | list, [] -%}
{%- for column in dest_columns if column.column | lower not in excluded -%}
  {%- do kept.append(column.quoted) -%}
{%- endfor -%}
{%- do return(kept) -%}
{%- endmacro %}

{% macro get_merge_unique_key_match(source_unique_key, target_unique_key) %}{% do return(adapter.dispatch('get_merge_unique_key_match', 'dbt')(source_unique_key, target_unique_key)) %}{% endmacro %}
{% macro default__get_merge_unique_key_match(source_unique_key, target_unique_key) -%}
{{ equals(source_unique_key, target_unique_key) | trim }}
{%- endmacro %}

{# All that is wrong with the merge_… configurations, in one error. #}
{% macro validate_merge_config(config, target_relation=none) -%}
{%- set wrong = [] -%}
{%- for name in ('merge_update_condition', 'merge_insert_condition') if config.get(name) is not none and config.get(name) is not string -%}
  {%- do wrong.append(name ~ ' is a string') -%}
{%- endfor -%}
{%- for name in ('merge_on_using_columns', 'merge_update_columns', 'merge_exclude_columns', 'merge_returning_columns') if config.get(name) is not none -%}
  {%- if config.get(name) is string or config.get(name) is mapping or config.get(name) is not sequence or config.get(name) | reject('string') | list -%}
    {%- do wrong.append(name ~ ' is a list of strings') -%}
  {%- endif -%}
{%- endfor -%}
{%- set clauses = config.get('merge_clauses') -%}
{%- if config.get('merge_update_set_expressions') is not none and config.get('merge_update_set_expressions') is not mapping -%}
  {%- do wrong.append('merge_update_set_expressions is a dict') -%}
{%- endif -%}
{%- if clauses is not none -%}
  {%- if clauses is not mapping or not ('when_matched' in clauses or 'when_not_matched' in clauses) -%}
    {%- do wrong.append('merge_clauses is a dict with when_matched, when_not_matched or both') -%}
  {%- endif -%}
  {%- for name in ('merge_update_condition', 'merge_insert_condition', 'merge_update_columns', 'merge_exclude_columns', 'merge_update_set_expressions') if config.get(name) -%}
    {%- do wrong.append('merge_clauses and ' ~ name ~ ' exclude each other') -%}
  {%- endfor -%}
{%- endif -%}
{%- if wrong -%}{%- do exceptions.raise_compiler_error('the configuration of merge is wrong: ' ~ wrong | join('; ')) -%}{%- endif -%}
{%- endmacro %}
