{{ config(post_hook=["{{ mend_total(this) }}", "insert into {{ this }} select 100 + count(*) from {{ this }}"]) }}
select id as n from {{ ref('things') }}
