{{ config(schema='spark', alias='partitioned', materialized='incremental', incremental_strategy='append') }}
SELECT 1000::BIGINT AS id, 'tarn' AS v, DATE '2026-01-02' AS d, 1.25::DECIMAL(9,2) AS price
