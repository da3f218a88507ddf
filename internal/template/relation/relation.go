// Package relation is relations as dbt's adapter shows them to templates: what
// ref, source and this give, and the columns of tables. A [Relation] is a name
// in parts with what of it is printed and quoted; [Class] and [ColumnClass] are
// api.Relation and api.Column, which make others.
//
// It promises that a relation and a column are plain values: two are equal if
// all they say is, and a method gives another. It leaves to others what is in
// the database.
package relation

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Database is the name of the catalog, which is the database in dbt's words.
const Database = "tarn"

// The types of relation.
const (
	TypeTable            = "table"
	TypeView             = "view"
	TypeCTE              = "cte"
	TypeMaterializedView = "materialized_view"
	TypeExternal         = "external"
)

// Relation is a table, a view, or a part of a query, by its name. It prints as
// SQL, with all the parts of its name that are there, quoted.
type Relation struct {
	Database, Schema, Identifier string
	// Type is one of the types of relation; empty is unknown.
	Type string
	// CTE is the name of an ephemeral model in the query that holds it; it has
	// no other.
	CTE string
	// External is SQL that stands in place of the name, such as that of a file.
	External string
	// Filter is a condition on the rows that are read, and Limit their number
	// where Limited; neither is part of the name.
	Filter  string
	Limited bool
	Limit   int

	hidden, unquoted parts
	view             string // of an information schema
}

// parts is a set of the parts of a name.
type parts uint8

const (
	partDatabase parts = 1 << iota
	partSchema
	partIdentifier
)

// ephemeralPrefix begins the names of ephemeral models in queries.
const ephemeralPrefix = "__dbt__cte__"

// New returns the relation of a table of the lake.
func New(t ident.Table) Relation {
	if t.IsZero() {
		return Relation{}
	}
	return Relation{Database: Database, Schema: t.Namespace, Identifier: t.Name}
}

// Ephemeral returns what stands for an ephemeral model in a query.
func Ephemeral(name string) Relation {
	return Relation{CTE: ephemeralPrefix + name, Type: TypeCTE}
}

// Table returns the table of the lake that the relation names.
func (r Relation) Table() ident.Table {
	return ident.Table{Namespace: r.Schema, Name: r.Identifier}
}

// String returns how the relation stands in SQL.
func (r Relation) String() string {
	name := r.Name()
	switch {
	case r.Limited && r.Limit == 0:
		name = "(select * from " + name + " where false limit 0)"
	case r.Limited:
		name = fmt.Sprintf("(select * from %s limit %d)", name, r.Limit)
	}
	if r.Filter != "" {
		name = "(select * from " + name + " where " + r.Filter + ")"
	}
	return name
}

// Name returns the name alone, as it stands in SQL.
func (r Relation) Name() string {
	switch {
	case r.CTE != "":
		return r.CTE
	case r.External != "":
		return r.External
	}
	var list []string
	for i, part := range []string{r.Database, r.Schema, r.Identifier} {
		bit := parts(1) << i
		if part == "" || r.hidden&bit != 0 {
			continue
		}
		if r.unquoted&bit == 0 {
			part = ident.Quote(part)
		}
		list = append(list, part)
	}
	if r.view != "" {
		list = append(list, r.view)
	}
	return strings.Join(list, ".")
}

// Quoted returns the relation with only those parts of its name quoted, as
// `quoting:` in dbt_project.yml asks for.
func (r Relation) Quoted(database, schema, identifier bool) Relation {
	r.unquoted = 0
	for i, on := range []bool{database, schema, identifier} {
		if !on {
			r.unquoted |= parts(1) << i
		}
	}
	return r
}

// Same reports whether two relations have one name, whatever they are.
func (r Relation) Same(other Relation) bool {
	return ident.Fold(r.Database) == ident.Fold(other.Database) && ident.Fold(r.Schema) == ident.Fold(other.Schema) &&
		ident.Fold(r.Identifier) == ident.Fold(other.Identifier) && r.CTE == other.CTE && r.External == other.External
}

// informationSchema is the relation's database as its catalog's tables have it.
func (r Relation) informationSchema(view string) Relation {
	return Relation{Database: r.Database, Identifier: "INFORMATION_SCHEMA", Type: TypeView, view: view, unquoted: r.unquoted | partIdentifier}
}
