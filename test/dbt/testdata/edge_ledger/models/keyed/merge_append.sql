{{ config(on_schema_change='append_new_columns') }}
select id, {% if var('day') == 1 %} quantity, grp {% else %} quantity, day {% endif %} from {{ ref('moved') }}
