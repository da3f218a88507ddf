{% macro get_incremental_new_keys_sql(arg_dict) %}
insert into {{ arg_dict['target_relation'] }} ({{ get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) }})
select {{ get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) }}
from {{ arg_dict['temp_relation'] }} as came
where not exists (
  select 1 from {{ arg_dict['target_relation'] }} as t where t.{{ arg_dict['unique_key'] }} = came.{{ arg_dict['unique_key'] }}
)
{% for p in arg_dict['incremental_predicates'] or [] %} and {{ p }} {% endfor %}
{% endmacro %}

{% macro snapshot_numbered_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% set version = config.get('version_column') %}
  {% set id = snapshot_hash_arguments([config.get('unique_key'), version]) %}
  {% do return({
    'unique_key': config.get('unique_key'), 'updated_at': config.get('updated_at'),
    'row_changed': '(' ~ snapshotted_rel ~ '.' ~ version ~ ' < ' ~ current_rel ~ '.' ~ version ~ ')',
    'scd_id': id, 'invalidate_hard_deletes': false, 'hard_deletes': 'ignore'
  }) %}
{% endmacro %}
