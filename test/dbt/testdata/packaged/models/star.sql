select {{ toolkit.columns_of(ref('toolkit', 'numbers'), except=['word']) | join(', ') }}, c.greeting
from {{ ref('numbers') }}
cross join (select greeting from {{ ref('counted') }}) as c
