{{ config(incremental_strategy='keep_old', unique_key='id') }}
select distinct id, quantity, true as current from {{ ref('moved') }} {% if is_incremental() %} where id <= (select max(id) from {{ this }}) {% endif %}
