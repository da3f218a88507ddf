{% test not_negative(model, column_name) %}
    {{ config(severity='error', tags=['amounts']) }}
    select * from {{ model }} where {{ column_name }} < 0
{% endtest %}

{% test rows_at_least(model, minimum=1) %}
    {{ config(fail_calc='coalesce(max(lacking), 0)') }}
    select {{ minimum }} - count(*) as lacking from {{ model }} having count(*) < {{ minimum }}
{% endtest %}
