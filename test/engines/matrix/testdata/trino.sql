-- create
CREATE SCHEMA tarn.trino;
CREATE TABLE tarn.trino."create" (id BIGINT, ok BOOLEAN, small INTEGER, f REAL, d DOUBLE, d9 DECIMAL(9,2), d18 DECIMAL(18,6),
    d38 DECIMAL(38,10), day DATE, ts TIMESTAMP(6), tz TIMESTAMP(6) WITH TIME ZONE, s VARCHAR, bin VARBINARY);
-- append
CREATE TABLE tarn.trino.append (id BIGINT, ok BOOLEAN, small INTEGER, f REAL, d DOUBLE, d9 DECIMAL(9,2), d18 DECIMAL(18,6),
    d38 DECIMAL(38,10), day DATE, ts TIMESTAMP(6), tz TIMESTAMP(6) WITH TIME ZONE, s VARCHAR, bin VARBINARY);
INSERT INTO tarn.trino.append VALUES
    (1, true, 2147483647, REAL '1.5', 0.1e0, 1234567.89, 123456789.123456, 12345678901234567890.0123456789, DATE '1969-12-31',
     TIMESTAMP '1969-12-31 23:59:59.999999', TIMESTAMP '2026-01-01 10:00:00.000001 UTC', 'it''s ☃', X'00FF'),
    (-9223372036854775808, false, -2147483648, CAST(nan() AS REAL), infinity(), -9999999.99, -0.000001,
     -9999999999999999999999999999.9999999999, DATE '9999-12-31', TIMESTAMP '9999-12-31 00:00:00', TIMESTAMP '1900-01-01 00:00:00 UTC', '', X'');
INSERT INTO tarn.trino.append (id) VALUES (3);
-- nested
CREATE TABLE tarn.trino.nested (id BIGINT, st ROW(a INTEGER, b ROW(c VARCHAR)), l ARRAY(VARCHAR), m MAP(VARCHAR, BIGINT));
INSERT INTO tarn.trino.nested VALUES (1, ROW(1, ROW('x')), ARRAY['p', NULL, 'q'], MAP(ARRAY['k', 'n'], ARRAY[7, NULL])), (2, NULL, NULL, NULL),
    (3, ROW(NULL, ROW(NULL)), ARRAY[], MAP());
-- nested_deep
CREATE TABLE tarn.trino.nested_deep (id BIGINT, l ARRAY(ROW(x INTEGER)), m MAP(VARCHAR, ROW(y INTEGER)));
INSERT INTO tarn.trino.nested_deep VALUES (1, ARRAY[ROW(5), ROW(NULL)], MAP(ARRAY['k'], ARRAY[ROW(7)])), (2, NULL, NULL);
-- uuid
CREATE TABLE tarn.trino.uuid (id BIGINT, u UUID);
INSERT INTO tarn.trino.uuid VALUES (1, UUID 'f79c3e09-677c-4bbd-a479-3f349cb785e7'), (2, NULL);
-- time
CREATE TABLE tarn.trino.time (id BIGINT, t TIME(6));
INSERT INTO tarn.trino.time VALUES (1, TIME '10:11:12.000013'), (2, NULL);
-- add
CREATE TABLE tarn.trino."add" (id BIGINT, v VARCHAR);
INSERT INTO tarn.trino."add" VALUES (1, 'a');
ALTER TABLE tarn.trino."add" ADD COLUMN n INTEGER;
INSERT INTO tarn.trino."add" VALUES (2, 'b', 2);
-- rename
CREATE TABLE tarn.trino."rename" (id BIGINT, v VARCHAR);
INSERT INTO tarn.trino."rename" VALUES (1, 'a');
ALTER TABLE tarn.trino."rename" RENAME COLUMN v TO label;
INSERT INTO tarn.trino."rename" VALUES (2, 'b');
-- widen
CREATE TABLE tarn.trino.widen (n INTEGER, f REAL, p DECIMAL(4,2));
INSERT INTO tarn.trino.widen VALUES (1, REAL '1.5', 12.34);
ALTER TABLE tarn.trino.widen ALTER COLUMN n SET DATA TYPE BIGINT;
ALTER TABLE tarn.trino.widen ALTER COLUMN f SET DATA TYPE DOUBLE;
ALTER TABLE tarn.trino.widen ALTER COLUMN p SET DATA TYPE DECIMAL(9,2);
INSERT INTO tarn.trino.widen VALUES (3000000000, 0.1e0, 1234567.89);
-- drop
CREATE TABLE tarn.trino."drop" (id BIGINT, v VARCHAR);
INSERT INTO tarn.trino."drop" VALUES (1, 'gone');
ALTER TABLE tarn.trino."drop" DROP COLUMN v;
ALTER TABLE tarn.trino."drop" ADD COLUMN v VARCHAR;
INSERT INTO tarn.trino."drop" VALUES (2, 'again');
-- reorder
CREATE TABLE tarn.trino.reorder (id BIGINT, v VARCHAR);
INSERT INTO tarn.trino.reorder VALUES (1, 'a');
ALTER TABLE tarn.trino.reorder ALTER COLUMN v FIRST;
INSERT INTO tarn.trino.reorder VALUES ('b', 2);
-- nested_evolve
CREATE TABLE tarn.trino.nested_evolve (id BIGINT, st ROW(a INTEGER, c VARCHAR));
INSERT INTO tarn.trino.nested_evolve VALUES (1, ROW(1, 'gone'));
ALTER TABLE tarn.trino.nested_evolve RENAME COLUMN st.a TO z;
ALTER TABLE tarn.trino.nested_evolve DROP COLUMN st.c;
ALTER TABLE tarn.trino.nested_evolve ADD COLUMN st.b VARCHAR;
INSERT INTO tarn.trino.nested_evolve VALUES (2, ROW(2, 'x'));
-- partition
CREATE TABLE tarn.trino.partition (id BIGINT, ts TIMESTAMP(6), s VARCHAR) WITH (partitioning = ARRAY['day(ts)', 'bucket(id, 4)', 's']);
INSERT INTO tarn.trino.partition VALUES (1, TIMESTAMP '2026-01-01 10:00:00', 'north'), (2, TIMESTAMP '2026-01-01 23:59:59.999999', 'south'),
    (3, TIMESTAMP '2026-01-02 00:00:00', NULL), (4, NULL, 'north');
-- repartition
CREATE TABLE tarn.trino.repartition (id BIGINT, s VARCHAR);
INSERT INTO tarn.trino.repartition VALUES (1, 'before');
ALTER TABLE tarn.trino.repartition SET PROPERTIES partitioning = ARRAY['s'];
INSERT INTO tarn.trino.repartition VALUES (2, 'by s');
ALTER TABLE tarn.trino.repartition SET PROPERTIES partitioning = ARRAY['s', 'bucket(id, 4)'];
INSERT INTO tarn.trino.repartition VALUES (3, 'by s and id');
ALTER TABLE tarn.trino.repartition SET PROPERTIES partitioning = ARRAY['bucket(id, 4)'];
INSERT INTO tarn.trino.repartition VALUES (4, 'by id');
-- replace
CREATE TABLE tarn.trino."replace" AS SELECT BIGINT '1' AS id, VARCHAR 'gone' AS v;
CREATE OR REPLACE TABLE tarn.trino."replace" AS SELECT 7 AS n, DATE '2026-01-01' AS day;
-- delete
CREATE TABLE tarn.trino."delete" AS SELECT id, VARCHAR 'a' AS v FROM UNNEST(sequence(0, 9)) AS t(id);
DELETE FROM tarn.trino."delete" WHERE id < 3 OR id = 7;
-- update
CREATE TABLE tarn.trino."update" AS SELECT id, VARCHAR 'a' AS v FROM UNNEST(sequence(0, 9)) AS t(id);
UPDATE tarn.trino."update" SET v = 'u' WHERE id IN (3, 8);
-- merge
CREATE TABLE tarn.trino."merge" AS SELECT id, VARCHAR 'a' AS v FROM UNNEST(sequence(0, 9)) AS t(id);
MERGE INTO tarn.trino."merge" AS t USING (VALUES (8, 'm'), (9, 'm'), (20, 'n')) AS s(id, v) ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
-- marked
CREATE TABLE tarn.trino.marked AS SELECT id, VARCHAR 'a' AS v FROM UNNEST(sequence(0, 9)) AS t(id);
DELETE FROM tarn.trino.marked WHERE id < 3 OR id = 7;
UPDATE tarn.trino.marked SET v = 'u' WHERE id IN (3, 8);
MERGE INTO tarn.trino.marked AS t USING (VALUES (8, 'm'), (9, 'm'), (20, 'n')) AS s(id, v) ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
-- vectors
CREATE TABLE tarn.trino.vectors WITH (format_version = 3) AS SELECT id, VARCHAR 'a' AS v FROM UNNEST(sequence(0, 9)) AS t(id);
DELETE FROM tarn.trino.vectors WHERE id < 3 OR id = 7;
UPDATE tarn.trino.vectors SET v = 'u' WHERE id IN (3, 8);
MERGE INTO tarn.trino.vectors AS t USING (VALUES (8, 'm'), (9, 'm'), (20, 'n')) AS s(id, v) ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
