select part from (select unnest([{% for d in dbt.dates_in_range('20260130', '20260202', '%Y%m%d', '%Y-%m-%d') %}'{{ d }}'{{ ',' if not loop.last }}{% endfor %}]) as part)
