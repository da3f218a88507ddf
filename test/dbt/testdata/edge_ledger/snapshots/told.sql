{% snapshot told %}
{{ config(unique_key="coalesce(id, 0) || '-' || coalesce(grp, '')", strategy='timestamp', updated_at='moved_at', invalidate_hard_deletes=true) }}
select * from {{ ref('moved_eph') }} union all select 9, 'tie', {{ var('day') }}, timestamp '2026-03-01', 0
{% endsnapshot %}

{% snapshot switching %}
{% if var('day') == 1 %}{{ config(unique_key='id', strategy='check', check_cols=['quantity'], updated_at='moved_at') }}
{% else %}{{ config(unique_key='id', strategy='timestamp', updated_at='moved_at') }}{% endif %}
select id, quantity, moved_at from {{ ref('moved_eph') }}
{% endsnapshot %}
