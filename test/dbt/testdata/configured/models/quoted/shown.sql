{{ config(materialized='table', quoting={'schema': false}) }}
select $x${{ this }}$x$ as this, $x${{ ref('bare') }}$x$ as bare, $x${{ ref('spaced') }}$x$ as spaced,
  $x${{ model.config.meta | dictsort }}$x$ as meta, '{{ model.docs.show }}' as docs,
  $x${{ model.columns['Full Name'].meta }} {{ model.columns['Full Name'].tags }}$x$ as column_meta
