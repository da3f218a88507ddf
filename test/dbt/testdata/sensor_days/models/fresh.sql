{{ config(materialized='ephemeral') }}
select *, (select count(*) from {{ ref('readings') }}) as n from {{ ref('readings') }}
