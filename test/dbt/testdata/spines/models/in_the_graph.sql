-- depends_on: {{ ref('promised', v=1) }}
-- depends_on: {{ ref('promised', v=2) }}
{% set found = [] %}
{% if execute %}
  {% for node in graph.nodes.values() if node.name == 'promised' %}
    {% do found.append("select '" ~ node.unique_id ~ "' as id, '" ~ node.deprecation_date ~ "' as deprecated, '"
      ~ tojson(node.columns) ~ "' as columns, '" ~ (node.keys() | list)[:20] | join(' ') ~ "' as keys") %}
  {% endfor %}
{% endif %}
{{ found | join(' union all ') or 'select null' }}
