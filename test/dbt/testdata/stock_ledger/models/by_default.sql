{{ config(unique_key='id') }}
select id, quantity from {{ ref('moved') }}
