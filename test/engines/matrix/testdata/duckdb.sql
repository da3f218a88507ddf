-- create
CREATE SCHEMA tarn.duckdb;
CREATE TABLE tarn.duckdb.create (id BIGINT, ok BOOLEAN, small INTEGER, f FLOAT, d DOUBLE, d9 DECIMAL(9,2), d18 DECIMAL(18,6),
    d38 DECIMAL(38,10), day DATE, ts TIMESTAMP, tz TIMESTAMPTZ, s VARCHAR, bin BLOB);
-- append
CREATE TABLE tarn.duckdb.append (id BIGINT, ok BOOLEAN, small INTEGER, f FLOAT, d DOUBLE, d9 DECIMAL(9,2), d18 DECIMAL(18,6),
    d38 DECIMAL(38,10), day DATE, ts TIMESTAMP, tz TIMESTAMPTZ, s VARCHAR, bin BLOB);
INSERT INTO tarn.duckdb.append VALUES
    (1, true, 2147483647, 1.5, 0.1, 1234567.89, 123456789.123456, '12345678901234567890.0123456789', '1969-12-31',
     '1969-12-31 23:59:59.999999', '2026-01-01 10:00:00.000001+00', 'it''s ☃', '\x00\xFF'::BLOB),
    (-9223372036854775808, false, -2147483648, 'NaN', 'inf', -9999999.99, -0.000001, '-9999999999999999999999999999.9999999999',
     '9999-12-31', '9999-12-31 00:00:00', '1900-01-01 00:00:00+00', '', ''::BLOB);
INSERT INTO tarn.duckdb.append (id) VALUES (3);
-- nested
CREATE TABLE tarn.duckdb.nested (id BIGINT, st STRUCT(a INTEGER, b STRUCT(c VARCHAR)), l VARCHAR[], m MAP(VARCHAR, BIGINT));
INSERT INTO tarn.duckdb.nested VALUES (1, {'a': 1, 'b': {'c': 'x'}}, ['p', NULL, 'q'], MAP {'k': 7, 'n': NULL}), (2, NULL, NULL, NULL),
    (3, {'a': NULL, 'b': {'c': NULL}}, [], MAP {});
-- nested_deep
CREATE TABLE tarn.duckdb.nested_deep (id BIGINT, l STRUCT(x INTEGER)[], m MAP(VARCHAR, STRUCT(y INTEGER)));
INSERT INTO tarn.duckdb.nested_deep VALUES (1, [{'x': 5}, {'x': NULL}], MAP {'k': {'y': 7}}), (2, NULL, NULL);
-- uuid
CREATE TABLE tarn.duckdb.uuid (id BIGINT, u UUID);
INSERT INTO tarn.duckdb.uuid VALUES (1, 'f79c3e09-677c-4bbd-a479-3f349cb785e7'), (2, NULL);
-- time
CREATE TABLE tarn.duckdb.time (id BIGINT, t TIME);
INSERT INTO tarn.duckdb.time VALUES (1, '10:11:12.000013'), (2, NULL);
-- add
CREATE TABLE tarn.duckdb.add (id BIGINT, v VARCHAR);
INSERT INTO tarn.duckdb.add VALUES (1, 'a');
ALTER TABLE tarn.duckdb.add ADD COLUMN n INTEGER;
INSERT INTO tarn.duckdb.add VALUES (2, 'b', 2);
-- rename
CREATE TABLE tarn.duckdb.rename (id BIGINT, v VARCHAR);
INSERT INTO tarn.duckdb.rename VALUES (1, 'a');
ALTER TABLE tarn.duckdb.rename RENAME COLUMN v TO label;
INSERT INTO tarn.duckdb.rename VALUES (2, 'b');
-- widen
CREATE TABLE tarn.duckdb.widen (n INTEGER, f FLOAT, p DECIMAL(4,2));
INSERT INTO tarn.duckdb.widen VALUES (1, 1.5, 12.34);
ALTER TABLE tarn.duckdb.widen ALTER COLUMN n TYPE BIGINT;
ALTER TABLE tarn.duckdb.widen ALTER COLUMN f TYPE DOUBLE;
ALTER TABLE tarn.duckdb.widen ALTER COLUMN p TYPE DECIMAL(9,2);
INSERT INTO tarn.duckdb.widen VALUES (3000000000, 0.1, 1234567.89);
-- drop
CREATE TABLE tarn.duckdb.drop (id BIGINT, v VARCHAR);
INSERT INTO tarn.duckdb.drop VALUES (1, 'gone');
ALTER TABLE tarn.duckdb.drop DROP COLUMN v;
ALTER TABLE tarn.duckdb.drop ADD COLUMN v VARCHAR;
INSERT INTO tarn.duckdb.drop VALUES (2, 'again');
-- reorder
CREATE TABLE tarn.duckdb.reorder (id BIGINT, v VARCHAR);
INSERT INTO tarn.duckdb.reorder VALUES (1, 'a');
ALTER TABLE tarn.duckdb.reorder ALTER COLUMN v FIRST;
INSERT INTO tarn.duckdb.reorder VALUES ('b', 2);
-- nested_evolve
CREATE TABLE tarn.duckdb.nested_evolve (id BIGINT, st STRUCT(a INTEGER, c VARCHAR));
INSERT INTO tarn.duckdb.nested_evolve VALUES (1, {'a': 1, 'c': 'gone'});
ALTER TABLE tarn.duckdb.nested_evolve RENAME COLUMN st.a TO z;
ALTER TABLE tarn.duckdb.nested_evolve DROP COLUMN st.c;
ALTER TABLE tarn.duckdb.nested_evolve ADD COLUMN st.b VARCHAR;
INSERT INTO tarn.duckdb.nested_evolve VALUES (2, {'z': 2, 'b': 'x'});
-- partition
CREATE TABLE tarn.duckdb.partition (id BIGINT, ts TIMESTAMP, s VARCHAR) PARTITIONED BY (day(ts), bucket(4, id), s);
INSERT INTO tarn.duckdb.partition VALUES (1, '2026-01-01 10:00:00', 'north'), (2, '2026-01-01 23:59:59.999999', 'south'),
    (3, '2026-01-02 00:00:00', NULL), (4, NULL, 'north');
-- repartition
CREATE TABLE tarn.duckdb.repartition (id BIGINT, s VARCHAR);
INSERT INTO tarn.duckdb.repartition VALUES (1, 'before');
ALTER TABLE tarn.duckdb.repartition SET PARTITIONED BY (s);
INSERT INTO tarn.duckdb.repartition VALUES (2, 'by s');
ALTER TABLE tarn.duckdb.repartition SET PARTITIONED BY (s, bucket(4, id));
INSERT INTO tarn.duckdb.repartition VALUES (3, 'by s and id');
ALTER TABLE tarn.duckdb.repartition SET PARTITIONED BY (bucket(4, id));
INSERT INTO tarn.duckdb.repartition VALUES (4, 'by id');
-- replace
CREATE TABLE tarn.duckdb.replace AS SELECT 1::BIGINT AS id, 'gone' AS v;
CREATE OR REPLACE TABLE tarn.duckdb.replace AS SELECT 7 AS n, DATE '2026-01-01' AS day;
-- delete
CREATE TABLE tarn.duckdb.delete AS SELECT range AS id, 'a' AS v FROM range(10);
DELETE FROM tarn.duckdb.delete WHERE id < 3 OR id = 7;
-- update
CREATE TABLE tarn.duckdb.update AS SELECT range AS id, 'a' AS v FROM range(10);
UPDATE tarn.duckdb.update SET v = 'u' WHERE id IN (3, 8);
-- merge
CREATE TABLE tarn.duckdb.merge AS SELECT range AS id, 'a' AS v FROM range(10);
MERGE INTO tarn.duckdb.merge AS t USING (VALUES (8, 'm'), (9, 'm'), (20, 'n')) AS s(id, v) ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
-- marked
CREATE TABLE tarn.duckdb.marked AS SELECT range AS id, 'a' AS v FROM range(10);
DELETE FROM tarn.duckdb.marked WHERE id < 3 OR id = 7;
UPDATE tarn.duckdb.marked SET v = 'u' WHERE id IN (3, 8);
MERGE INTO tarn.duckdb.marked AS t USING (VALUES (8, 'm'), (9, 'm'), (20, 'n')) AS s(id, v) ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
-- vectors
CREATE TABLE tarn.duckdb.vectors (id BIGINT, v VARCHAR) WITH ('format-version' = '3');
INSERT INTO tarn.duckdb.vectors SELECT range, 'a' FROM range(10);
DELETE FROM tarn.duckdb.vectors WHERE id < 3 OR id = 7;
UPDATE tarn.duckdb.vectors SET v = 'u' WHERE id IN (3, 8);
MERGE INTO tarn.duckdb.vectors AS t USING (VALUES (8, 'm'), (9, 'm'), (20, 'n')) AS s(id, v) ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
