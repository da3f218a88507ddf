{{ config(materialized='incremental', unique_key='n', sql_header='create or replace temp table more as select 1 as n, ' ~ modules.datetime.date(2026, 1, 2).day ~ ' as d;') }}
select n, d from more
