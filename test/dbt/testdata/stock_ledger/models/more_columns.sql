{{ config(incremental_strategy='append', on_schema_change='append_new_columns') }}
select id, quantity {% if var('day') > 1 %}, item {% endif %} from {{ ref('moved') }}
