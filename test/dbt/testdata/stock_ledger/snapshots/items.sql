{% snapshot items_by_time %}
{{ config(unique_key='item', strategy='timestamp', updated_at='moved_at') }}
select item, max(id) as id, sum(quantity)::integer as quantity, max(moved_at) as moved_at
from {{ ref('moved') }} group by item
{% endsnapshot %}

{% snapshot items_by_check %}
{{ config(unique_key='item', strategy='check', check_cols=['quantity'], updated_at='moved_at') }}
select item, sum(quantity)::integer as quantity, max(moved_at) as moved_at
from {{ ref('moved') }} group by item
{% endsnapshot %}

{% snapshot items_all_columns %}
{{ config(unique_key='item', strategy='check', check_cols='all') }}
select item, sum(quantity)::integer as quantity from {{ ref('moved') }} group by item
{% endsnapshot %}
