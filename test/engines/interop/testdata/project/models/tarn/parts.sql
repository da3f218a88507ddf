{{ config(materialized='table', schema='tarn', alias='parts', partition_by=['bucket(4, id)', 'day(at)']) }}
SELECT range AS id, TIMESTAMP '2026-01-01' + to_hours(range) AS at FROM range(100)
