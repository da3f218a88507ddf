{{ config(materialized='table', partition_by=['day(ts)', 'bucket(4, id)', 's']) }}
SELECT * FROM (VALUES
    (1::BIGINT, TIMESTAMP '2026-01-01 10:00:00', 'north'), (2, TIMESTAMP '2026-01-01 23:59:59.999999', 'south'),
    (3, TIMESTAMP '2026-01-02 00:00:00', NULL), (4, NULL, 'north')
) AS v(id, ts, s)
