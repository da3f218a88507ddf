{{ config(materialized='table', schema='tarn', alias='nanos') }}
SELECT range AS id, make_timestamp_ns(range) AS at FROM range(3)
