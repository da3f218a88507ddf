select who || ' / packaged' as who, said from {{ ref('toolkit', 'shared_name') }}
