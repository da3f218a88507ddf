package sqlitefile

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// columns learns the names and types of what is read.
func (r *reading) columns(ctx context.Context, tx metadb.Tx) error {
	rows, err := tx.Query(ctx, "SELECT * FROM "+r.from+" LIMIT 0")
	if err != nil {
		return diag.New("bad-query", diag.Place{File: r.path}, "%s cannot be read: %v", r.of, err).WithHint("query: takes one SELECT of SQLite's SQL")
	}
	types, err := rows.ColumnTypes()
	if err := errors.Join(err, rows.Close()); err != nil {
		return err
	}
	unsure := false
	for _, t := range types {
		field := connector.Field{Name: t.Name(), Type: declared(t.DatabaseTypeName())}
		r.fields = append(r.fields, field)
		unsure = unsure || field.Type.Kind == typed.Unknown
	}
	if !unsure {
		return nil
	}
	return r.look(ctx, tx)
}

var digits = regexp.MustCompile(`\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)`)

// words are parts of declared types in the order in which they count, as with
// SQLite's own affinities.
var words = []struct {
	word string
	kind connector.Kind
}{
	{"BOOL", connector.Boolean},
	{"WITH TIME ZONE", connector.TimestampTZ}, {"TIMESTAMPTZ", connector.TimestampTZ},
	{"DATETIME", connector.Timestamp}, {"TIMESTAMP", connector.Timestamp},
	{"POINT", connector.String}, {"INTERVAL", connector.String},
	{"INT", connector.Long},
	{"CHAR", connector.String}, {"CLOB", connector.String}, {"TEXT", connector.String}, {"STRING", connector.String}, {"JSON", connector.String},
	{"BLOB", connector.Binary}, {"BINARY", connector.Binary},
	{"REAL", connector.Double}, {"FLOA", connector.Double}, {"DOUB", connector.Double},
	{"UUID", connector.UUID}, {"GUID", connector.UUID},
	{"DATE", connector.Date}, {"TIME", connector.Time},
}

// declared returns the type that a column is declared as; Unknown where that
// says nothing.
func declared(name string) connector.Type {
	name = strings.ToUpper(name)
	for _, w := range words {
		if strings.Contains(name, w.word) {
			return connector.Type{Kind: w.kind}
		}
	}
	if !strings.Contains(name, "DEC") && !strings.Contains(name, "NUMERIC") {
		return connector.Type{Kind: typed.Unknown}
	}
	m := digits.FindStringSubmatch(name)
	if m == nil {
		return connector.Type{Kind: typed.Unknown}
	}
	precision, err := strconv.Atoi(m[1])
	scale, _ := strconv.Atoi(m[2]) // none is 0
	if err != nil || precision < 1 || precision > connector.MaxPrecision || scale > precision {
		return connector.Type{Kind: typed.Unknown}
	}
	return connector.Type{Kind: connector.Decimal, Precision: precision, Scale: scale}
}

// look finds the types of columns whose declaration says nothing from all of
// their values.
func (r *reading) look(ctx context.Context, tx metadb.Tx) error {
	var unsure []int
	var seen []string
	for i, f := range r.fields {
		if f.Type.Kind == typed.Unknown {
			unsure = append(unsure, i)
			seen = append(seen, fmt.Sprintf("group_concat(DISTINCT typeof(%s))", ident.Quote(f.Name)))
		}
	}
	found := make([]*string, len(unsure))
	targets := make([]any, len(unsure))
	for i := range found {
		targets[i] = &found[i]
	}
	if err := tx.QueryRow(ctx, "SELECT "+strings.Join(seen, ", ")+" FROM "+r.from).Scan(targets...); err != nil {
		return fmt.Errorf("look at the values of %s: %w", r.of, err)
	}
	for i, at := range unsure {
		if found[i] != nil {
			r.fields[at].Type.Kind = kindOf(strings.Split(*found[i], ","))
		}
	}
	return nil
}

// kindOf returns the kind that holds values of SQLite's types.
func kindOf(classes []string) connector.Kind {
	classes = slices.DeleteFunc(classes, func(c string) bool { return c == "null" })
	only := func(allowed ...string) bool {
		return !slices.ContainsFunc(classes, func(c string) bool { return !slices.Contains(allowed, c) })
	}
	switch {
	case len(classes) == 0:
		return typed.Unknown
	case only("integer"):
		return connector.Long
	case only("integer", "real"):
		return connector.Double
	case only("blob"):
		return connector.Binary
	default:
		return connector.String
	}
}

// column returns the position of a column, or -1.
func (r *reading) column(name string) int {
	return slices.IndexFunc(r.fields, func(f connector.Field) bool { return ident.Fold(f.Name) == ident.Fold(name) })
}

func (r *reading) nearColumn(name string) string {
	names := make([]string, len(r.fields))
	for i, f := range r.fields {
		names[i] = f.Name
	}
	if near := ident.Near(name, names); len(near) > 0 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	return "its columns are " + shortList(names)
}

// shortList is a list of names that fits in a message.
func shortList(names []string) string {
	if len(names) > 20 {
		names = append(slices.Clone(names[:20]), "…")
	}
	return strings.Join(names, ", ")
}
