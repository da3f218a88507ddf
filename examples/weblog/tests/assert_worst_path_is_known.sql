-- One missing jar file leads with 61 errors; a missing picture follows with 32.

with expected (errors_rank, path, errors) as (

    values
        (1, '/files/logstash/logstash-1.3.2-monolithic.jar', 61),
        (2, '/presentations/logstash-puppetconf-2012/images/office-space-printer-beat-down-gif.gif', 32)

)

select expected.*
from expected
left join {{ ref('top_error_paths') }} as actual
    on actual.errors_rank = expected.errors_rank
    and actual.path = expected.path
    and actual.errors = expected.errors
where actual.path is null
