{% snapshot cust_history %}
{{ config(target_schema='marts', unique_key='id', strategy='check', check_cols=['name']) }}
select * from {{ ref('customers') }}
{% endsnapshot %}
