{{ config(incremental_strategy='append', on_schema_change='sync_all_columns') }}
select id {% if var('day') > 1 %}, item, told_on {% else %}, quantity {% endif %} from {{ ref('moved') }}
