create namespace tarn.spark;

create table tarn.spark.mor2 (id bigint, v string) using iceberg
tblproperties('format-version'='2','write.delete.mode'='merge-on-read','write.update.mode'='merge-on-read','write.merge.mode'='merge-on-read','write.delete.granularity'='partition');
insert into tarn.spark.mor2 select id, 'a' from range(1000);
insert into tarn.spark.mor2 select id + 1000, 'b' from range(10);
delete from tarn.spark.mor2 where id < 5 or id = 1003;
update tarn.spark.mor2 set v = 'u' where id = 500;
delete from tarn.spark.mor2 where id % 100 = 50;

create table tarn.spark.mor3 (id bigint, v string) using iceberg
tblproperties('format-version'='3','write.delete.mode'='merge-on-read','write.update.mode'='merge-on-read','write.merge.mode'='merge-on-read');
insert into tarn.spark.mor3 select id, 'a' from range(1000);
insert into tarn.spark.mor3 select id + 1000, 'b' from range(10);
delete from tarn.spark.mor3 where id < 5 or id = 1003;
update tarn.spark.mor3 set v = 'u' where id = 500;
delete from tarn.spark.mor3 where id % 100 = 50;

create table tarn.spark.partitioned (id bigint, v string, d date, price decimal(9,2)) using iceberg partitioned by (days(d))
tblproperties('format-version'='2','write.delete.mode'='merge-on-read','write.update.mode'='merge-on-read','write.merge.mode'='merge-on-read');
insert into tarn.spark.partitioned select id, concat('v', id), date'2026-01-01' + cast(id % 3 as int), cast(id * 1.25 as decimal(9,2)) from range(100);
delete from tarn.spark.partitioned where id % 10 = 7;
alter table tarn.spark.partitioned add partition field bucket(4, id);
merge into tarn.spark.partitioned t using (select id + 95 as id from range(10)) s on t.id = s.id
when matched then update set v = 'm' when not matched then insert (id, v, d, price) values (s.id, 'n', date'2026-02-01', 1);

create table tarn.spark.cow (id bigint, v string) using iceberg partitioned by (truncate(1, v)) tblproperties('format-version'='2');
insert into tarn.spark.cow select id, concat('v', id % 7) from range(100);
delete from tarn.spark.cow where id % 10 = 7;
update tarn.spark.cow set v = null where id = 8;
merge into tarn.spark.cow t using (select id + 95 as id from range(10)) s on t.id = s.id
when matched then delete when not matched then insert (id, v) values (s.id, 'n');

create table tarn.spark.v1 (id int, s struct<a:int,b:string>, l array<struct<x:int>>, m map<string,struct<y:int>>, ts timestamp,
tn timestamp_ntz, bin binary, f float, d double, b boolean, d4 decimal(4,2), d18 decimal(18,3), d38 decimal(38,10)) using iceberg
tblproperties('format-version'='1','write.metadata.compression-codec'='gzip');
insert into tarn.spark.v1 values (1, named_struct('a', 1, 'b', 'x'), array(named_struct('x', 5)), map('k', named_struct('y', 7)), timestamp'1969-12-31 23:59:59.123456',
timestamp_ntz'2026-01-01 10:00:00.123456', X'0102', 1.5, 0.1, true, 12.34, 123456.789, 12345678901234567890.0123456789);
alter table tarn.spark.v1 alter column id type bigint;
alter table tarn.spark.v1 alter column f type double;
alter table tarn.spark.v1 alter column d4 type decimal(6,2);
alter table tarn.spark.v1 rename column s.a to b2;
alter table tarn.spark.v1 add column s.a int;
alter table tarn.spark.v1 rename column l.element.x to z;
alter table tarn.spark.v1 add column m.value.w bigint;
alter table tarn.spark.v1 drop column b;
insert into tarn.spark.v1 values (3000000000, named_struct('b2', 2, 'b', 'y', 'a', 9), array(named_struct('z', 6)), map('k', named_struct('y', 8, 'w', 9)), null, null, null, 0.1, null, 9999.99, null, -1.5);
alter table tarn.spark.v1 add column b string;
insert into tarn.spark.v1 values (4, null, array(), map(), null, null, X'', null, null, 0, 0.0, 0, 'text');

create table tarn.spark.compacted (id bigint, s struct<a:int>) using iceberg tblproperties('format-version'='2','write.delete.mode'='merge-on-read');
insert into tarn.spark.compacted select id, named_struct('a', cast(id as int)) from range(10);
insert into tarn.spark.compacted select id + 10, named_struct('a', cast(id as int)) from range(10);
alter table tarn.spark.compacted rename column s.a to z;
alter table tarn.spark.compacted add column s.a string;
delete from tarn.spark.compacted where id = 3;
call tarn.system.rewrite_data_files(table => 'spark.compacted', options => map('min-input-files', '1', 'rewrite-all', 'true'));
delete from tarn.spark.compacted where id = 4;

create table tarn.spark.hive (id bigint, ts timestamp, price decimal(9,2), p string) using iceberg partitioned by (p);
call tarn.system.add_files(table => 'spark.hive', source_table => '`parquet`.`$WAREHOUSE/spark/hive/imported`');
insert into tarn.spark.hive values (100, timestamp'2026-01-01 00:00:00', 1.5, 'own')
