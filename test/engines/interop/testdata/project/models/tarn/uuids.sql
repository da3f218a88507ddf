{{ config(materialized='table', schema='tarn', alias='uuids') }}
SELECT 1 AS id, 'f79c3e09-677c-4bbd-a479-3f349cb785e7'::UUID AS u, TIME '10:11:12.000013' AS t
