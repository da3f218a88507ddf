package database

import (
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// widener collects which columns of a part need wider types.
type widener struct {
	columns map[int]connector.Widening
}

func (w *widener) note(column int, needed connector.Widening) {
	if before, ok := w.columns[column]; ok {
		before.To = join(before.To, needed.To)
		needed = before
	}
	w.columns[column] = needed
}

func (w *widener) err(part string) error {
	e := &connector.WidenError{Input: part}
	for _, i := range slices.Sorted(maps.Keys(w.columns)) {
		needed := w.columns[i]
		needed.To = roomy(needed.From, needed.To)
		e.Columns = append(e.Columns, needed)
	}
	return e
}

// roomy returns the type that a column of type from becomes for values that
// need a type: as many digits as there can be, as no range was declared.
func roomy(from, needed connector.Type) connector.Type {
	if from.Kind != connector.Decimal || needed.Kind != connector.Decimal {
		return needed
	}
	scale := max(from.Scale, needed.Scale)
	if needed.Precision-needed.Scale+scale > connector.MaxPrecision {
		return connector.Type{Kind: connector.String}
	}
	return connector.Type{Kind: connector.Decimal, Precision: connector.MaxPrecision, Scale: scale}
}

// join is the type that holds the values of both.
func join(a, b connector.Type) connector.Type {
	switch {
	case a.WidensTo(b):
		return b
	case b.WidensTo(a):
		return a
	case a.Kind == connector.Decimal && b.Kind == connector.Decimal:
		whole, scale := max(a.Precision-a.Scale, b.Precision-b.Scale), max(a.Scale, b.Scale)
		if whole+scale <= connector.MaxPrecision {
			return connector.Type{Kind: connector.Decimal, Precision: whole + scale, Scale: scale}
		}
	}
	return connector.Type{Kind: connector.String}
}

// Evolve returns the type that a table's column of type have becomes so that it
// holds what the source has now, as far as Iceberg lets it; else have.
func Evolve(have, source connector.Type) connector.Type {
	switch {
	case have.Kind != connector.Struct || source.Kind != connector.Struct:
		if have.Kind == connector.List && source.Kind == connector.List {
			return connector.ListOf(Evolve(*have.Elem, *source.Elem))
		}
		if have.WidensTo(source) {
			return source
		}
		return have
	}
	fields := slices.Clone(have.Fields)
	for _, f := range source.Fields {
		if i := have.Field(f.Name); i >= 0 {
			fields[i].Type = Evolve(fields[i].Type, f.Type)
		} else {
			fields = append(fields, f)
		}
	}
	return connector.StructOf(fields...)
}
