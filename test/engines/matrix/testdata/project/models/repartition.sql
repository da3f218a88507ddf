{% set steps = [['before', none], ['by s', ['s']], ['by s and id', ['s', 'bucket(4, id)']], ['by id', ['bucket(4, id)']]] %}
{% set step = var('step', 1) %}
{{ config(materialized='incremental', incremental_strategy='append', partition_by=steps[step - 1][1]) }}
SELECT {{ step }}::BIGINT AS id, '{{ steps[step - 1][0] }}' AS s
