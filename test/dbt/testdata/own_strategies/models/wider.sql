{{ config(materialized='view') }}
select id, quantity {% if var('day') > 1 %}, item {% endif %} from {{ ref('moved_once') }}
