{{ config(enabled=var('everything', false)) }}
select 1 as never
