{#
  Grants. Who may read what is decided by the gate here and not by statements
  of a project, so that applying grants does nothing but say so.
#}

{% macro apply_grants(relation, grant_config, should_revoke=True) %}{% do return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) %}{% endmacro %}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) -%}
{%- if grant_config -%}
  {%- do adapter.warn_once('grants of ' ~ relation ~ ' are not applied: the engine has none') -%}
{%- endif -%}
{%- endmacro %}
{% macro default__apply_grants(relation, grant_config, should_revoke=True) %}{% do return(duckdb__apply_grants(relation, grant_config, should_revoke)) %}{% endmacro %}

{% macro copy_grants() %}{% do return(adapter.dispatch('copy_grants', 'dbt')()) %}{% endmacro %}
{% macro default__copy_grants() %}{% do return(True) %}{% endmacro %}

{% macro support_multiple_grantees_per_dcl_statement() %}{% do return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) %}{% endmacro %}
{% macro default__support_multiple_grantees_per_dcl_statement() %}{% do return(True) %}{% endmacro %}

{# Whether grants may be left from before: never on what is new. #}
{% macro should_revoke(existing_relation, full_refresh_mode=True) -%}
{%- do return(False if not existing_relation else copy_grants() if full_refresh_mode else True) -%}
{%- endmacro %}

{% macro get_show_grant_sql(relation) %}{% do return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) %}{% endmacro %}
{% macro default__get_show_grant_sql(relation) -%} show grants on {{ relation.render() }} {%- endmacro %}
{% macro get_grant_sql(relation, privilege, grantees) %}{% do return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) %}{% endmacro %}
{% macro default__get_grant_sql(relation, privilege, grantees) -%} grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }} {%- endmacro %}
{% macro get_revoke_sql(relation, privilege, grantees) %}{% do return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) %}{% endmacro %}
{% macro default__get_revoke_sql(relation, privilege, grantees) -%} revoke {{ privilege }} on {{ relation.render() }} from {{ get_quoted_csv(grantees) }} {%- endmacro %}

{# One statement for each privilege, or for each privilege and grantee. #}
{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}{% do return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) %}{% endmacro %}
{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
{%- set statements = [] -%}
{%- for privilege, grantees in grant_config.items() -%}
  {%- set groups = [grantees] if support_multiple_grantees_per_dcl_statement() else grantees | batch(1) -%}
  {%- for group in groups -%}
    {%- if group -%}{%- do statements.append(get_dcl_macro(relation, privilege, group)) -%}{%- endif -%}
  {%- endfor -%}
{%- endfor -%}
{%- do return(statements) -%}
{%- endmacro %}
{% macro call_dcl_statements(dcl_statement_list) %}{% do return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) %}{% endmacro %}
{% macro default__call_dcl_statements(dcl_statement_list) -%}
{%- call statement('grants') -%}
{%- for sql in dcl_statement_list %}{{ sql }};
{% endfor -%}
{%- endcall -%}
{%- endmacro %}
