{% snapshot last_seen %}
{{ config(unique_key='device', strategy='timestamp', updated_at='seen', target_schema='main') }}
select device, max(seen) as seen from {{ ref('readings') }} group by device
{% endsnapshot %}
