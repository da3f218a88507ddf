select 'CET' as zone
