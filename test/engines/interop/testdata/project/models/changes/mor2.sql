{{ config(schema='spark', alias='mor2', materialized='incremental', unique_key='id', incremental_strategy='merge') }}
SELECT id, 'tarn' AS v FROM (VALUES (5::BIGINT), (500), (10001)) AS v(id)
