{{ config(materialized='table') }}
SELECT true AS b, 7::SMALLINT AS small, -1::INTEGER AS i, 9007199254740993::BIGINT AS big, 12345678901234567890::DECIMAL(38,0) AS huge,
       1.50::DECIMAL(9,2) AS money, 0.1::FLOAT AS f, 1e100::DOUBLE AS d, DATE '2024-02-29' AS day, TIME '03:04:05.006' AS clock,
       TIMESTAMP '2024-02-29 23:59:59.999999' AS instant, TIMESTAMPTZ '2024-02-29 23:59:59+00' AS zoned, 'Zoë "x", y' AS s, '' AS empty,
       '\xAA\x00\xFF'::BLOB AS bytes, '12345678-1234-1234-1234-123456789012'::UUID AS u, [1, NULL, 3] AS list, ['a,b', 'c"d'] AS words,
       {'a': 1, 'b': 'x'} AS struct, MAP {'k': 2} AS map
UNION ALL BY NAME
SELECT NULL AS b, (-32767)::SMALLINT AS small, 2147483647::INTEGER AS i, (-9223372036854775807)::BIGINT AS big,
       (-99999999999999999999999999999999999999)::DECIMAL(38,0) AS huge, (-0.01)::DECIMAL(9,2) AS money, 'NaN'::FLOAT AS f, '-inf'::DOUBLE AS d
