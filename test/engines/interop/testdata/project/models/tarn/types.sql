{{ config(materialized='table', schema='tarn', alias='types') }}
SELECT * FROM (VALUES
    (1, 1::BIGINT, true, 1.5::FLOAT, 0.1::DOUBLE, 12.34::DECIMAL(4,2), 123456789.123456::DECIMAL(18,6),
     12345678901234567890.0123456789::DECIMAL(38,10), DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999999',
     TIMESTAMPTZ '2026-01-01 10:00:00.000001+00', 'it''s', '\x00\xFF'::BLOB,
     {'a': 1, 'b': {'c': 'x'}}, [{'x': 1}, NULL], MAP {'k': [1, NULL]}),
    (2, -9223372036854775808, false, 'NaN', 'infinity', -99.99, -1, -9999999999999999999999999999.9999999999, DATE '9999-12-31',
     TIMESTAMP '9999-12-31 00:00:00', TIMESTAMPTZ '1000-01-01 00:00:00+00', '', ''::BLOB, {'a': NULL, 'b': NULL}, [], MAP {}),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
) AS v(id, n, b, f, d, d4, d18, d38, day, ts, tz, s, bin, st, l, m)
