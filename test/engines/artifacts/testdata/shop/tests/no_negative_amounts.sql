select * from {{ ref('kept') }} where amount < {{ 15 if var('broken', false) else 0 }}
