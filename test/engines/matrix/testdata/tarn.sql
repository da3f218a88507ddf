-- create
CREATE SCHEMA IF NOT EXISTS tarn;
CREATE TABLE tarn.create (id BIGINT, ok BOOLEAN, small INTEGER, f FLOAT, d DOUBLE, d9 DECIMAL(9,2), d18 DECIMAL(18,6),
    d38 DECIMAL(38,10), day DATE, ts TIMESTAMP, tz TIMESTAMPTZ, s VARCHAR, bin BLOB);
-- append
CREATE TABLE tarn.append (id BIGINT, ok BOOLEAN, small INTEGER, f FLOAT, d DOUBLE, d9 DECIMAL(9,2), d18 DECIMAL(18,6),
    d38 DECIMAL(38,10), day DATE, ts TIMESTAMP, tz TIMESTAMPTZ, s VARCHAR, bin BLOB);
INSERT INTO tarn.append VALUES
    (1, true, 2147483647, 1.5::FLOAT, 0.1::DOUBLE, 1234567.89, 123456789.123456, '12345678901234567890.0123456789', '1969-12-31',
     '1969-12-31 23:59:59.999999', '2026-01-01 10:00:00.000001+00', 'it''s ☃', '\x00\xFF'::BLOB),
    (-9223372036854775808, false, -2147483648, 'NaN', 'inf', -9999999.99, -0.000001, '-9999999999999999999999999999.9999999999',
     '9999-12-31', '9999-12-31 00:00:00', '1900-01-01 00:00:00+00', '', ''::BLOB);
INSERT INTO tarn.append (id) VALUES (3);
-- nested
CREATE TABLE tarn.nested (id BIGINT, st STRUCT(a INTEGER, b STRUCT(c VARCHAR)), l VARCHAR[], m MAP(VARCHAR, BIGINT));
INSERT INTO tarn.nested VALUES (1, {'a': 1, 'b': {'c': 'x'}}, ['p', NULL, 'q'], MAP {'k': 7, 'n': NULL}), (2, NULL, NULL, NULL),
    (3, {'a': NULL, 'b': {'c': NULL}}, [], MAP {});
-- nested_deep
CREATE TABLE tarn.nested_deep (id BIGINT, l STRUCT(x INTEGER)[], m MAP(VARCHAR, STRUCT(y INTEGER)));
INSERT INTO tarn.nested_deep VALUES (1, [{'x': 5}, {'x': NULL}], MAP {'k': {'y': 7}}), (2, NULL, NULL);
-- uuid
CREATE TABLE tarn.uuid (id BIGINT, u UUID);
INSERT INTO tarn.uuid VALUES (1, 'f79c3e09-677c-4bbd-a479-3f349cb785e7'), (2, NULL);
-- time
CREATE TABLE tarn.time (id BIGINT, t TIME);
INSERT INTO tarn.time VALUES (1, '10:11:12.000013'), (2, NULL);
-- add
CREATE TABLE tarn.add (id BIGINT, v VARCHAR);
INSERT INTO tarn.add VALUES (1, 'a');
ALTER TABLE tarn.add ADD COLUMN n INTEGER;
INSERT INTO tarn.add VALUES (2, 'b', 2);
-- rename
CREATE TABLE tarn.rename (id BIGINT, v VARCHAR);
INSERT INTO tarn.rename VALUES (1, 'a');
ALTER TABLE tarn.rename RENAME COLUMN v TO label;
INSERT INTO tarn.rename VALUES (2, 'b');
-- widen
CREATE TABLE tarn.widen (n INTEGER, f FLOAT, p DECIMAL(4,2));
INSERT INTO tarn.widen VALUES (1, 1.5, 12.34);
ALTER TABLE tarn.widen ALTER COLUMN n TYPE BIGINT;
ALTER TABLE tarn.widen ALTER COLUMN f TYPE DOUBLE;
ALTER TABLE tarn.widen ALTER COLUMN p TYPE DECIMAL(9,2);
INSERT INTO tarn.widen VALUES (3000000000, 0.1, 1234567.89);
-- drop
CREATE TABLE tarn.drop (id BIGINT, v VARCHAR);
INSERT INTO tarn.drop VALUES (1, 'gone');
ALTER TABLE tarn.drop DROP COLUMN v;
ALTER TABLE tarn.drop ADD COLUMN v VARCHAR;
INSERT INTO tarn.drop VALUES (2, 'again');
-- reorder
CREATE TABLE tarn.reorder (id BIGINT, v VARCHAR);
INSERT INTO tarn.reorder VALUES (1, 'a');
CREATE OR REPLACE TABLE tarn.reorder AS SELECT v, id FROM tarn.reorder;
INSERT INTO tarn.reorder VALUES ('b', 2);
-- nested_evolve
CREATE TABLE tarn.nested_evolve (id BIGINT, st STRUCT(a INTEGER, c VARCHAR));
INSERT INTO tarn.nested_evolve VALUES (1, {'a': 1, 'c': 'gone'});
ALTER TABLE tarn.nested_evolve ALTER COLUMN st TYPE STRUCT(z INTEGER, b VARCHAR) USING {'z': st.a, 'b': NULL};
INSERT INTO tarn.nested_evolve VALUES (2, {'z': 2, 'b': 'x'});
-- replace
CREATE TABLE tarn.replace AS SELECT 1::BIGINT AS id, 'gone' AS v;
CREATE OR REPLACE TABLE tarn.replace AS SELECT 7 AS n, DATE '2026-01-01' AS day;
-- delete
CREATE TABLE tarn.delete AS SELECT range AS id, 'a' AS v FROM range(10);
DELETE FROM tarn.delete WHERE id < 3 OR id = 7;
-- update
CREATE TABLE tarn.update AS SELECT range AS id, 'a' AS v FROM range(10);
UPDATE tarn.update SET v = 'u' WHERE id IN (3, 8);
-- merge
CREATE TABLE tarn.merge AS SELECT range AS id, 'a' AS v FROM range(10);
MERGE INTO tarn.merge AS t USING (VALUES (8, 'm'), (9, 'm'), (20, 'n')) AS s(id, v) ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
-- marked
CREATE TABLE tarn.marked (id BIGINT, v VARCHAR) WITH ('write.delete.mode' = 'merge-on-read');
-- vectors
CREATE TABLE tarn.vectors (id BIGINT, v VARCHAR) WITH ('format-version' = '3');
