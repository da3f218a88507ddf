{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}
select amount, paid_on, account, id, reference
from {{ ref('payments') }}
{% if not var('more', false) %} where id < 3 {% endif %}
{% if var('bad', false) %} union all select -1, null, 9, 10, 'x' {% endif %}
