"""Arrow tables as cells: what PyIceberg reads, and what Tarn writes as Parquet."""

import pyarrow as pa

from cells import Map, text

WORDS = {
    pa.bool_(): "boolean", pa.int32(): "int", pa.int64(): "long", pa.float32(): "float", pa.float64(): "double", pa.date32(): "date",
    pa.time64("us"): "time", pa.timestamp("us"): "timestamp", pa.timestamp("us", "UTC"): "timestamptz", pa.string(): "string",
    pa.large_string(): "string", pa.binary(): "binary", pa.large_binary(): "binary", pa.uuid(): "uuid",
}


def word(kind):
    if pa.types.is_struct(kind):
        return "struct<" + ",".join(f"{field.name}:{word(field.type)}" for field in kind) + ">"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"list<{word(kind.value_type)}>"
    if pa.types.is_map(kind):
        return f"map<{word(kind.key_type)},{word(kind.item_type)}>"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    return WORDS.get(kind, str(kind))


def value(kind, cell):
    if cell is None:
        return None
    if pa.types.is_struct(kind):
        return {field.name: value(field.type, cell[field.name]) for field in kind}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [value(kind.value_type, x) for x in cell]
    if pa.types.is_map(kind):
        return Map([(value(kind.key_type, k), value(kind.item_type, v)) for k, v in cell])
    return cell


def arrow_text(table):
    fields = list(table.schema)
    rows = ([value(field.type, row[field.name]) for field in fields] for row in table.to_pylist())
    return text([(field.name, word(field.type)) for field in fields], rows)
