{{ config(merge_clauses={'when_matched': [{'action': 'error', 'error_message': "it's there"}]}) }}
select id, grp, quantity, day from {{ ref('moved') }}
