{{ config(incremental_strategy='new_keys', unique_key='id', on_schema_change='append_new_columns') }}
select distinct id, quantity {% if var('day') > 1 %}, item {% endif %} from {{ ref('moved') }}
