{% if execute %}
select '{{ graph.sources.values() | map(attribute="unique_id") | sort | join(" ") }}' as sources,
    '{{ graph.exposures.values() | map(attribute="name") | sort | join(" ") }}' as exposures,
    '{{ model.unique_id }} {{ model.name }} {{ model.resource_type }} {{ model.path }} {{ model.alias }}' as own_node,
    '{{ model.config.materialized }} {{ config.get("meta", {}).get("owner", "nobody") }} {{ config.get("not there", "default") }}' as own_config,
    '{{ model.depends_on.nodes | join }}' as own_parents
{% else %}
select 1 as not_executed
{% endif %}
