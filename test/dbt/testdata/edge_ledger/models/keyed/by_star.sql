{{ config(merge_clauses={'when_matched': [{'action': 'update', 'mode': 'star'}], 'when_not_matched': [{'action': 'insert', 'mode': 'by_position'}, {'action': 'delete', 'by': 'source'}]}) }}
select id, grp, quantity, day from {{ ref('moved') }}
