{% set there = adapter.get_relation(database=this.database, schema=this.schema, identifier='payments') %}
{% set not_there = adapter.get_relation(this.database, this.schema, 'nothing_of_that_name') %}
{% set made = api.Relation.create(database='db', schema='s', identifier='x', type='view') %}
{% set loaded = load_relation(ref('payments')) %}
-- {{ ref('payments') }}
select
    '{{ there is not none }}' as there,
    '{{ not_there is none }}' as not_there,
    '{{ relation_parts(there) if execute }}' as parts,
    '{{ made }}' as rendered,
    '{{ made.include(database=false) }}' as without_database,
    '{{ made.include(database=false, schema=false) }}' as only_name,
    '{{ made.quote(identifier=false) }}' as not_quoted,
    '{{ made.incorporate(path={"identifier": "y"}).identifier }}' as incorporated,
    '{{ made.without_identifier() }}' as schema_only,
    '{{ made.is_view }} {{ made.is_table }}' as kinds,
    '{{ this }} {{ this.name }} {{ this.table }} {{ this.schema }}' as own,
    '{{ loaded is not none }}' as was_loaded,
    '{{ adapter.quote("a b") }}' as quoted,
    '{{ api.Column.create("amount", "decimal(9,2)").data_type if api.Column.create is defined }}' as col,
    '{{ api.Column("c", "varchar", 20).data_type }}' as text_type
