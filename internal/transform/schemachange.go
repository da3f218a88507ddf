package transform

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// The ways in which an incremental model may react to other columns.
const (
	ignoreColumns  = "ignore"
	failColumns    = "fail"
	appendColumns  = "append_new_columns"
	syncAllColumns = "sync_all_columns"
)

// schemaChange is what becomes of the columns of a table as rows with other
// columns come in.
type schemaChange struct {
	// schema is the table's columns from then on.
	schema lake.Schema
	// source is those of the rows that come in.
	source lake.Schema
	// insert are the columns that rows fill.
	insert []string
	// missing are columns that rows should fill and do not have.
	missing []string
	// anew: the files that are there cannot stay as they are.
	anew bool
}

// reconcile decides by the model's on_schema_change, as dbt does: what is
// written there and not known counts as ignore.
func reconcile(s settings, have, source lake.Schema) (schemaChange, error) {
	c := schemaChange{schema: have, source: source}
	added, removed := without(source, have), without(have, source)
	changed := changedTypes(have, source)
	switch how := s.text("on_schema_change"); {
	case how == failColumns && len(added)+len(removed)+len(changed) > 0:
		return c, s.bad("the columns of the model and of its table differ: %s", differences(added, removed, changed)).
			WithHint("rebuild it with --full-refresh, or set on_schema_change to append_new_columns or sync_all_columns")
	case how == appendColumns:
		c.insert = source.Names()
		c.schema = lake.Schema{Fields: append(fieldsOf(have), added...)}
	case how == syncAllColumns:
		c.insert = source.Names()
		c.schema, c.anew = synced(have, source, added, removed)
	case how == failColumns:
		c.insert = source.Names()
	default:
		c.insert = have.Names()
		for _, f := range removed {
			c.missing = append(c.missing, f.Name)
		}
	}
	return c, nil
}

// insertsAll reports whether the rows fill columns as they have them.
func (c schemaChange) insertsAll() bool {
	for _, f := range c.schema.Fields {
		_, has := c.source.Column(f.Name)
		listed := false
		for _, n := range c.insert {
			listed = listed || ident.Fold(n) == ident.Fold(f.Name)
		}
		if has && !listed {
			return false
		}
	}
	return true
}

// checkMissing refuses rows that lack columns of the table.
func (c schemaChange) checkMissing(s settings) error {
	if len(c.missing) == 0 {
		return nil
	}
	return s.bad("the model no longer has the columns %s of its table", strings.Join(c.missing, ", ")).
		WithHint("rebuild it with --full-refresh, or set on_schema_change to append_new_columns or sync_all_columns")
}

func fieldsOf(s lake.Schema) []lake.Field { return append([]lake.Field(nil), s.Fields...) }

// without returns the columns of a that b does not have.
func without(a, b lake.Schema) []lake.Field {
	var out []lake.Field
	for _, f := range a.Fields {
		if _, has := b.Column(f.Name); !has {
			f.Required = false
			out = append(out, f)
		}
	}
	return out
}

// changedTypes returns the columns of have with the types of source, where
// those differ.
func changedTypes(have, source lake.Schema) []lake.Field {
	var out []lake.Field
	for _, f := range have.Fields {
		if g, has := source.Column(f.Name); has && g.Type.String() != f.Type.String() {
			f.Type = g.Type
			out = append(out, f)
		}
	}
	return out
}

// synced returns the columns of have made like those of source, new ones last;
// anew tells that files with the old ones cannot stay.
func synced(have, source lake.Schema, added, removed []lake.Field) (s lake.Schema, anew bool) {
	anew = len(removed) > 0
	for _, f := range have.Fields {
		g, has := source.Column(f.Name)
		if !has {
			continue
		}
		anew = anew || !lake.Widens(f.Type, g.Type)
		f.Type = g.Type
		s.Fields = append(s.Fields, f)
	}
	s.Fields = append(s.Fields, added...)
	return s, anew
}

func differences(added, removed, changed []lake.Field) string {
	var parts []string
	for _, d := range []struct {
		what   string
		fields []lake.Field
	}{{"new are", added}, {"gone are", removed}, {"of another type are", changed}} {
		if len(d.fields) == 0 {
			continue
		}
		names := make([]string, len(d.fields))
		for i, f := range d.fields {
			names[i] = f.Name + " " + f.Type.String()
		}
		parts = append(parts, d.what+" "+strings.Join(names, ", "))
	}
	return strings.Join(parts, "; ")
}
