-- depends_on: {{ ref('payments') }}
{% if execute %}
{% for node in graph.nodes.values() | selectattr('resource_type', 'in', ['model', 'seed', 'test']) | sort(attribute='unique_id') %}
select '{{ node.unique_id }}' as unique_id, '{{ node.resource_type }}' as resource_type, '{{ node.name }}' as name,
    '{{ node.package_name }}' as package_name, '{{ node.original_file_path }}' as file, '{{ node.config.materialized }}' as materialized,
    '{{ node.depends_on.nodes | sort | join(" ") }}' as depends_on, '{{ node.fqn | join(".") }}' as fqn,
    '{{ node.tags | join(",") }}' as tags, '{{ node.columns.keys() | join(",") }}' as columns, '{{ node.description }}' as description
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% else %}
select 1 as not_executed
{% endif %}
