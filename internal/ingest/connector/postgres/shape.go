package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// kind is how the bytes of a type's values are read.
type kind uint8

const (
	// foreign types travel as text, which the server makes.
	foreign kind = iota
	boolean
	int2
	int4
	int8
	oid
	float4
	float8
	numeric
	text
	jsonb
	bytea
	date
	timeOfDay
	timestamp
	timestamptz
	uuid
	array
	composite
)

// builtin are the types whose bytes are read here, by their oid.
var builtin = map[uint32]kind{
	16: boolean, 17: bytea, 20: int8, 21: int2, 23: int4, 25: text, 26: oid, 114: text, 700: float4, 701: float8,
	1042: text, 1043: text, 1082: date, 1083: timeOfDay, 1114: timestamp, 1184: timestamptz, 1700: numeric, 2950: uuid, 3802: jsonb,
}

// isJSON says that a text is JSON.
const jsonOID = 114

// shape is a type of PostgreSQL as its values are read.
type shape struct {
	kind kind
	oid  uint32
	// modifier has the precision and scale of a numeric; -1 is none.
	modifier int32
	elem     *shape
	fields   []attribute
}

// attribute is a field of a composite type.
type attribute struct {
	name  string
	shape *shape
}

// column is a column of the relation.
type column struct {
	name  string
	shape *shape
}

// describe learns the columns of a relation.
func (v *server) describe(ctx context.Context, r *relation) ([]column, error) {
	if _, err := v.query(ctx, "SELECT * FROM "+r.from+" LIMIT 0"); err != nil { // whether it may be read
		return nil, err
	}
	statement, err := v.main.Prepare(ctx, "", "SELECT * FROM "+r.from, nil)
	if err != nil {
		return nil, err
	}
	var oids []string
	for _, f := range statement.Fields {
		oids = append(oids, strconv.FormatUint(uint64(f.DataTypeOID), 10))
	}
	types, err := v.types(ctx, oids)
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(statement.Fields))
	for i, f := range statement.Fields {
		columns[i] = column{name: f.Name, shape: types.shape(f.DataTypeOID, f.TypeModifier, 0)}
	}
	return columns, nil
}

// typeRow is a row of pg_type.
type typeRow struct {
	kind, category byte
	elem, base     uint32
	modifier       int32
	attributes     []attributeRow
}

type attributeRow struct {
	name     string
	oid      uint32
	modifier int32
}

type typeTable map[uint32]*typeRow

// types reads what the catalog knows of types and of those inside them.
func (v *server) types(ctx context.Context, oids []string) (typeTable, error) {
	rows, err := v.query(ctx, `WITH RECURSIVE t AS (
  SELECT oid FROM pg_catalog.pg_type WHERE oid = ANY($1::oid[])
  UNION
  SELECT x.oid FROM t JOIN pg_catalog.pg_type p ON p.oid = t.oid CROSS JOIN LATERAL (
    SELECT p.typelem AS oid WHERE p.typcategory = 'A'
    UNION ALL SELECT p.typbasetype WHERE p.typtype = 'd'
    UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE p.typtype = 'c' AND a.attrelid = p.typrelid AND a.attnum > 0 AND NOT a.attisdropped
  ) x WHERE x.oid <> 0)
SELECT p.oid, p.typtype, p.typcategory, CASE WHEN p.typlen = -1 THEN p.typelem ELSE 0 END, p.typbasetype, p.typtypmod, a.attname, a.atttypid, a.atttypmod
FROM t JOIN pg_catalog.pg_type p ON p.oid = t.oid
LEFT JOIN pg_catalog.pg_attribute a ON p.typtype = 'c' AND a.attrelid = p.typrelid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY p.oid, a.attnum`, "{"+strings.Join(oids, ",")+"}")
	if err != nil {
		return nil, err
	}
	table := typeTable{}
	for _, row := range rows {
		var id, elem, base uint32
		var modifier int32
		if _, err := fmt.Sscan(strings.Join([]string{row[0], row[3], row[4], row[5]}, " "), &id, &elem, &base, &modifier); err != nil {
			return nil, fmt.Errorf("read pg_type: %w", err)
		}
		t := table[id]
		if t == nil {
			t = &typeRow{kind: row[1][0], category: row[2][0], elem: elem, base: base, modifier: modifier}
			table[id] = t
		}
		if row[6] == "" {
			continue
		}
		a := attributeRow{name: row[6]}
		if _, err := fmt.Sscan(row[7]+" "+row[8], &a.oid, &a.modifier); err != nil {
			return nil, fmt.Errorf("read pg_attribute: %w", err)
		}
		t.attributes = append(t.attributes, a)
	}
	return table, nil
}

// deepest is how many levels of types inside types are followed.
const deepest = 16

func (t typeTable) shape(id uint32, modifier int32, depth int) *shape {
	if k, ok := builtin[id]; ok {
		return &shape{kind: k, oid: id, modifier: modifier}
	}
	row, ok := t[id]
	s := &shape{oid: id}
	switch {
	case !ok || depth == deepest:
	case row.kind == 'd':
		if modifier < 0 {
			modifier = row.modifier
		}
		return t.shape(row.base, modifier, depth+1)
	case row.kind == 'e':
		s.kind = text
	case row.category == 'A' && row.elem != 0:
		s.kind, s.elem = array, t.shape(row.elem, modifier, depth+1)
	case row.kind == 'c':
		s.kind = composite
		names := map[string]bool{}
		for _, a := range row.attributes {
			inner := t.shape(a.oid, a.modifier, depth+1)
			if inner.hasForeign() || names[ident.Fold(a.name)] {
				return &shape{oid: id}
			}
			names[ident.Fold(a.name)] = true
			s.fields = append(s.fields, attribute{name: a.name, shape: inner})
		}
		if len(s.fields) == 0 {
			s.kind = foreign
		}
	}
	return s
}

// hasForeign reports whether values hold some that the server has to make a
// text of.
func (s *shape) hasForeign() bool { return s.kind == foreign || s.kind == array && s.elem.hasForeign() }

// digits returns the precision and scale of a numeric; ok is false where it has
// none, or more digits than a decimal holds.
func (s *shape) digits() (precision, scale int, ok bool) {
	if s.modifier < 4 {
		return 0, 0, false
	}
	precision = int(s.modifier-4) >> 16
	scale = int(s.modifier-4) & 0x7ff
	if scale >= 1024 { // eleven bits with a sign
		scale -= 2048
	}
	if scale < 0 { // whole thousands, for instance
		precision, scale = precision-scale, 0
	}
	precision = max(precision, scale, 1)
	return precision, scale, precision <= connector.MaxPrecision
}

// natural is the type that values of a shape have when nobody says otherwise.
func (s *shape) natural() connector.Type {
	switch s.kind {
	case array:
		return connector.ListOf(s.elem.natural())
	case composite:
		var fields []connector.Field
		for _, f := range s.fields {
			fields = append(fields, connector.Field{Name: f.name, Type: f.shape.natural()})
		}
		return connector.StructOf(fields...)
	case numeric:
		if precision, scale, ok := s.digits(); ok {
			return connector.Type{Kind: connector.Decimal, Precision: precision, Scale: scale}
		}
		return connector.Type{Kind: connector.String}
	}
	return connector.Type{Kind: naturalKinds[s.kind]}
}

var naturalKinds = map[kind]connector.Kind{
	boolean: connector.Boolean, int2: connector.Int, int4: connector.Int, int8: connector.Long, oid: connector.Long,
	float4: connector.Float, float8: connector.Double, text: connector.String, jsonb: connector.String, bytea: connector.Binary,
	date: connector.Date, timeOfDay: connector.Time, timestamp: connector.Timestamp, timestamptz: connector.TimestampTZ, uuid: connector.UUID,
}
