{{ config(incremental_strategy='append') }}
select id, quantity {% if var('day') > 1 %}, item {% endif %} from {{ ref('moved') }}
