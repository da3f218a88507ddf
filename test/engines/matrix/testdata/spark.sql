-- create
CREATE NAMESPACE tarn.spark;
CREATE TABLE tarn.spark.create (id BIGINT, ok BOOLEAN, small INT, f FLOAT, d DOUBLE, d9 DECIMAL(9,2), d18 DECIMAL(18,6),
    d38 DECIMAL(38,10), day DATE, ts TIMESTAMP_NTZ, tz TIMESTAMP, s STRING, bin BINARY) USING iceberg;
-- append
CREATE TABLE tarn.spark.append (id BIGINT, ok BOOLEAN, small INT, f FLOAT, d DOUBLE, d9 DECIMAL(9,2), d18 DECIMAL(18,6),
    d38 DECIMAL(38,10), day DATE, ts TIMESTAMP_NTZ, tz TIMESTAMP, s STRING, bin BINARY) USING iceberg;
INSERT INTO tarn.spark.append VALUES
    (1, true, 2147483647, 1.5, 0.1, 1234567.89, 123456789.123456, 12345678901234567890.0123456789, DATE'1969-12-31',
     TIMESTAMP_NTZ'1969-12-31 23:59:59.999999', TIMESTAMP'2026-01-01 10:00:00.000001', 'it\'s ☃', X'00FF'),
    (-9223372036854775808, false, -2147483648, float('NaN'), double('Infinity'), -9999999.99, -0.000001,
     -9999999999999999999999999999.9999999999, DATE'9999-12-31', TIMESTAMP_NTZ'9999-12-31 00:00:00', TIMESTAMP'1900-01-01 00:00:00', '', X'');
INSERT INTO tarn.spark.append VALUES (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
-- nested
CREATE TABLE tarn.spark.nested (id BIGINT, st STRUCT<a: INT, b: STRUCT<c: STRING>>, l ARRAY<STRING>, m MAP<STRING, BIGINT>) USING iceberg;
INSERT INTO tarn.spark.nested VALUES (1, named_struct('a', 1, 'b', named_struct('c', 'x')), array('p', NULL, 'q'), map('k', 7L, 'n', NULL)),
    (2, NULL, NULL, NULL), (3, named_struct('a', NULL, 'b', named_struct('c', NULL)), array(), map());
-- nested_deep
CREATE TABLE tarn.spark.nested_deep (id BIGINT, l ARRAY<STRUCT<x: INT>>, m MAP<STRING, STRUCT<y: INT>>) USING iceberg;
INSERT INTO tarn.spark.nested_deep VALUES (1, array(named_struct('x', 5), named_struct('x', NULL)), map('k', named_struct('y', 7))), (2, NULL, NULL);
-- uuid
CREATE TABLE tarn.spark.uuid (id BIGINT, u UUID) USING iceberg;
-- time
CREATE TABLE tarn.spark.time (id BIGINT, t TIME) USING iceberg;
-- add
CREATE TABLE tarn.spark.add (id BIGINT, v STRING) USING iceberg;
INSERT INTO tarn.spark.add VALUES (1, 'a');
ALTER TABLE tarn.spark.add ADD COLUMN n INT;
INSERT INTO tarn.spark.add VALUES (2, 'b', 2);
-- rename
CREATE TABLE tarn.spark.rename (id BIGINT, v STRING) USING iceberg;
INSERT INTO tarn.spark.rename VALUES (1, 'a');
ALTER TABLE tarn.spark.rename RENAME COLUMN v TO label;
INSERT INTO tarn.spark.rename VALUES (2, 'b');
-- widen
CREATE TABLE tarn.spark.widen (n INT, f FLOAT, p DECIMAL(4,2)) USING iceberg;
INSERT INTO tarn.spark.widen VALUES (1, 1.5, 12.34);
ALTER TABLE tarn.spark.widen ALTER COLUMN n TYPE BIGINT;
ALTER TABLE tarn.spark.widen ALTER COLUMN f TYPE DOUBLE;
ALTER TABLE tarn.spark.widen ALTER COLUMN p TYPE DECIMAL(9,2);
INSERT INTO tarn.spark.widen VALUES (3000000000, 0.1, 1234567.89);
-- drop
CREATE TABLE tarn.spark.drop (id BIGINT, v STRING) USING iceberg;
INSERT INTO tarn.spark.drop VALUES (1, 'gone');
ALTER TABLE tarn.spark.drop DROP COLUMN v;
ALTER TABLE tarn.spark.drop ADD COLUMN v STRING;
INSERT INTO tarn.spark.drop VALUES (2, 'again');
-- reorder
CREATE TABLE tarn.spark.reorder (id BIGINT, v STRING) USING iceberg;
INSERT INTO tarn.spark.reorder VALUES (1, 'a');
ALTER TABLE tarn.spark.reorder ALTER COLUMN v FIRST;
INSERT INTO tarn.spark.reorder VALUES ('b', 2);
-- nested_evolve
CREATE TABLE tarn.spark.nested_evolve (id BIGINT, st STRUCT<a: INT, c: STRING>) USING iceberg;
INSERT INTO tarn.spark.nested_evolve VALUES (1, named_struct('a', 1, 'c', 'gone'));
ALTER TABLE tarn.spark.nested_evolve RENAME COLUMN st.a TO z;
ALTER TABLE tarn.spark.nested_evolve DROP COLUMN st.c;
ALTER TABLE tarn.spark.nested_evolve ADD COLUMN st.b STRING;
INSERT INTO tarn.spark.nested_evolve VALUES (2, named_struct('z', 2, 'b', 'x'));
-- partition
CREATE TABLE tarn.spark.partition (id BIGINT, ts TIMESTAMP_NTZ, s STRING) USING iceberg PARTITIONED BY (days(ts), bucket(4, id), s);
INSERT INTO tarn.spark.partition VALUES (1, TIMESTAMP_NTZ'2026-01-01 10:00:00', 'north'), (2, TIMESTAMP_NTZ'2026-01-01 23:59:59.999999', 'south'),
    (3, TIMESTAMP_NTZ'2026-01-02 00:00:00', NULL), (4, NULL, 'north');
-- repartition
CREATE TABLE tarn.spark.repartition (id BIGINT, s STRING) USING iceberg;
INSERT INTO tarn.spark.repartition VALUES (1, 'before');
ALTER TABLE tarn.spark.repartition ADD PARTITION FIELD s;
INSERT INTO tarn.spark.repartition VALUES (2, 'by s');
ALTER TABLE tarn.spark.repartition ADD PARTITION FIELD bucket(4, id);
INSERT INTO tarn.spark.repartition VALUES (3, 'by s and id');
ALTER TABLE tarn.spark.repartition DROP PARTITION FIELD s;
INSERT INTO tarn.spark.repartition VALUES (4, 'by id');
-- replace
CREATE TABLE tarn.spark.replace USING iceberg AS SELECT 1L AS id, 'gone' AS v;
CREATE OR REPLACE TABLE tarn.spark.replace USING iceberg AS SELECT 7 AS n, DATE'2026-01-01' AS day;
-- delete
CREATE TABLE tarn.spark.delete USING iceberg AS SELECT id, 'a' AS v FROM range(10);
DELETE FROM tarn.spark.delete WHERE id < 3 OR id = 7;
-- update
CREATE TABLE tarn.spark.update USING iceberg AS SELECT id, 'a' AS v FROM range(10);
UPDATE tarn.spark.update SET v = 'u' WHERE id IN (3, 8);
-- merge
CREATE TABLE tarn.spark.merge USING iceberg AS SELECT id, 'a' AS v FROM range(10);
MERGE INTO tarn.spark.merge AS t USING (SELECT * FROM VALUES (8, 'm'), (9, 'm'), (20, 'n') AS v(id, v)) AS s ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
-- marked
CREATE TABLE tarn.spark.marked USING iceberg TBLPROPERTIES ('format-version' = '2', 'write.delete.mode' = 'merge-on-read',
    'write.update.mode' = 'merge-on-read', 'write.merge.mode' = 'merge-on-read') AS SELECT id, 'a' AS v FROM range(10);
DELETE FROM tarn.spark.marked WHERE id < 3 OR id = 7;
UPDATE tarn.spark.marked SET v = 'u' WHERE id IN (3, 8);
MERGE INTO tarn.spark.marked AS t USING (SELECT * FROM VALUES (8, 'm'), (9, 'm'), (20, 'n') AS v(id, v)) AS s ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
-- vectors
CREATE TABLE tarn.spark.vectors USING iceberg TBLPROPERTIES ('format-version' = '3', 'write.delete.mode' = 'merge-on-read',
    'write.update.mode' = 'merge-on-read', 'write.merge.mode' = 'merge-on-read') AS SELECT id, 'a' AS v FROM range(10);
DELETE FROM tarn.spark.vectors WHERE id < 3 OR id = 7;
UPDATE tarn.spark.vectors SET v = 'u' WHERE id IN (3, 8);
MERGE INTO tarn.spark.vectors AS t USING (SELECT * FROM VALUES (8, 'm'), (9, 'm'), (20, 'n') AS v(id, v)) AS s ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v);
