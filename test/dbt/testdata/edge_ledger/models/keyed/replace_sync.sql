{{ config(incremental_strategy='delete+insert', on_schema_change='sync_all_columns') }}
select id, {% if var('day') == 1 %} quantity, grp {% else %} quantity, day {% endif %} from {{ ref('moved') }}
