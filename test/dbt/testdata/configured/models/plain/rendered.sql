{{ config(materialized='table') }}
select $x${{ this }}$x$ as this, $x${{ ref('bare') }}$x$ as bare, $x${{ ref('people') }}$x$ as people,
  $x${{ model.config.meta | dictsort }}$x$ as meta, '{{ model.docs.show }} {{ model.docs.node_color }}' as docs,
  $x${{ (config.get('quoting') or {}) | dictsort }}$x$ as quoting, $x${{ this.include(database=false) }}$x$ as short, $x${{ this.quote(identifier=true) }}$x$ as requoted
