{{ config(incremental_strategy='merge', unique_key='id') }}
select id, item, quantity, moved_at from {{ ref('moved') }}
{% if is_incremental() %}
where moved_at > (select max(moved_at) from {{ this }})
{% endif %}
