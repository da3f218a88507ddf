{{ config(incremental_strategy='append', on_schema_change='fail') }}
select id {% if var('day') > 2 %}, item {% endif %} from {{ ref('moved') }}
