package gate

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// informationTable is a table of information_schema, with the columns that the
// engine's own has: those that Tarn fills, and the others, which are NULL.
type informationTable struct {
	// columns are all of them as name and type; those of filled are given by rows.
	columns [][2]string
	filled  []string
	// rows are those that conditions may leave, of what who asks sees.
	rows func(p *passage, ctx context.Context, conditions []sqlast.Condition, use sqlast.Use) ([][]any, error)
}

// informationTables are those that there are, by name.
var informationTables = map[string]informationTable{
	"schemata": {columnsOf("catalog_name schema_name schema_owner default_character_set_catalog default_character_set_schema default_character_set_name sql_path"),
		[]string{"catalog_name", "schema_name", "schema_owner"}, (*passage).schemata},
	"tables": {columnsOf("table_catalog table_schema table_name table_type self_referencing_column_name reference_generation user_defined_type_catalog user_defined_type_schema user_defined_type_name is_insertable_into is_typed commit_action TABLE_COMMENT"),
		[]string{"table_catalog", "table_schema", "table_name", "table_type", "is_insertable_into", "is_typed", "TABLE_COMMENT"}, (*passage).tablesInformation},
	"columns": {columnsOf("table_catalog table_schema table_name column_name ordinal_position:INTEGER column_default is_nullable data_type character_maximum_length:INTEGER character_octet_length:INTEGER numeric_precision:INTEGER numeric_precision_radix:INTEGER numeric_scale:INTEGER datetime_precision:INTEGER interval_type interval_precision:INTEGER character_set_catalog character_set_schema character_set_name collation_catalog collation_schema collation_name domain_catalog domain_schema domain_name udt_catalog udt_schema udt_name scope_catalog scope_schema scope_name maximum_cardinality:BIGINT dtd_identifier is_self_referencing:BOOLEAN is_identity:BOOLEAN identity_generation identity_start identity_increment identity_maximum identity_minimum identity_cycle:BOOLEAN is_generated generation_expression is_updatable:BOOLEAN COLUMN_COMMENT"),
		[]string{"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "is_nullable", "data_type", "numeric_precision", "numeric_precision_radix", "numeric_scale", "COLUMN_COMMENT"}, (*passage).columnsInformation},
}

// dialectTables are tables of information_schema that dialects alone read.
var dialectTables = map[string]informationTable{"sizes": sizeTable, "privileges": privilegeTable, "schema_privileges": schemaPrivilegeTable, "keys": keyTable}

// columnsOf reads a list of columns; those without a type are text.
func columnsOf(list string) [][2]string {
	var out [][2]string
	for _, f := range strings.Fields(list) {
		name, typ, _ := strings.Cut(f, ":")
		if typ == "" {
			typ = "VARCHAR"
		}
		out = append(out, [2]string{name, typ})
	}
	return out
}

// information returns a table of information_schema over what the scope has and
// the principal may read.
func (p *passage) information(ctx context.Context, name ident.Table, ref sqlast.TableRef) (sqlast.Node, error) {
	t, known := informationTables[ident.Fold(name.Name)]
	if !known && p.inDialect {
		t, known = dialectTables[ident.Fold(name.Name)]
	}
	switch {
	case !known:
		return nil, p.problem("unknown-table", ref.Location, "there is no table %s", name).
			WithHint("there are information_schema.schemata, tables and columns")
	case ref.At != nil:
		return nil, p.problem("no-snapshot", ref.Location, "%s has no snapshots", name).WithHint("read it without AT")
	}
	p.oversees(p.reader().all())
	rows, err := t.rows(p, ctx, ref.Conditions, ref.Use())
	if err != nil {
		return nil, p.atReference(err, ref)
	}
	if p.inDialect {
		t, rows = t.numbered(rows)
	}
	from, err := p.rows(ctx, t.table(rows))
	if err != nil {
		return nil, p.atReference(err, ref)
	}
	return p.placeholder("(" + t.sql(from) + ")"), nil
}

// visible are the tables and views that the principal sees, in order of name;
// those that the conditions leave out need not be looked at.
func (p *passage) visible(ctx context.Context, conditions []sqlast.Condition) []lake.Entry {
	sees := p.rights.seer(p.st.Scope)
	numbers, numbered := numbersOf(conditions, numberColumn)
	schemas, schemaNumbered := numbersOf(conditions, schemaNumberColumn)
	if numbered && noObjects(numbers) || schemaNumbered && noObjects(schemas) {
		return nil
	}
	entries := slices.DeleteFunc(p.st.Scope.Entries(ctx), func(e lake.Entry) bool {
		return leftOut(conditions, "table_name", e.Name.Name) || leftOut(conditions, "table_schema", e.Name.Namespace) ||
			numbered && !slices.Contains(numbers, tableNumber(e.Name)) || schemaNumbered && !slices.Contains(schemas, Number(e.Name.Namespace)) || !sees(e.Name)
	})
	slices.SortFunc(entries, func(a, b lake.Entry) int { return byName(a.Name, b.Name) })
	return entries
}

// byName compares names as people type them.
func byName(a, b ident.Table) int {
	if a.Namespace == b.Namespace {
		return strings.Compare(a.Name, b.Name)
	}
	return strings.Compare(a.String(), b.String())
}

// leftOut reports whether a condition of the statement names other values.
func leftOut(conditions []sqlast.Condition, column, value string) bool {
	for _, c := range conditions {
		if !strings.EqualFold(c.Column, column) || c.Op != "=" && c.Op != "in" {
			continue
		}
		same := func(n sqlast.Node) bool {
			typ, text, ok := sqlast.Literal(n)
			return !ok || typ != "VARCHAR" || text == value
		}
		if !slices.ContainsFunc(c.Values, same) {
			return true
		}
	}
	return false
}

// numberKinds are how rows give the types that are not text.
var numberKinds = map[string]generated.Kind{"INTEGER": generated.Int, "UINTEGER": generated.Long, "BIGINT": generated.Long}

// table are the rows of the columns that are filled.
func (t informationTable) table(rows [][]any) generated.Table {
	columns := make([]generated.Column, len(t.filled))
	for i, name := range t.filled {
		columns[i].Name = "c" + strconv.Itoa(i)
		at := slices.IndexFunc(t.columns, func(c [2]string) bool { return c[0] == name })
		columns[i].Kind = numberKinds[t.columns[at][1]]
	}
	return generated.Table{Columns: columns, Rows: generated.All(rows)}
}

// sql makes all columns out of those that are filled.
func (t informationTable) sql(from string) string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		value := "NULL"
		if at := slices.Index(t.filled, c[0]); at >= 0 {
			value = "c" + strconv.Itoa(at)
		}
		list[i] = "CAST(" + value + " AS " + c[1] + ") AS " + ident.Quote(c[0])
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + from
}

func (p *passage) schemata(ctx context.Context, _ []sqlast.Condition, _ sqlast.Use) ([][]any, error) {
	seen := p.rights.entries(ctx, p.st.Scope)
	names := append(p.rights.namespaces(ctx, p.st.Scope, seen), ident.DefaultNamespace, SystemNamespace, InformationNamespace)
	for _, e := range seen {
		names = append(names, e.Name.Namespace)
	}
	slices.Sort(names)
	var rows [][]any
	for _, n := range slices.Compact(names) {
		rows = append(rows, []any{lake.CatalogName, n, "tarn"})
	}
	return rows, nil
}

func (p *passage) tablesInformation(ctx context.Context, conditions []sqlast.Condition, use sqlast.Use) ([][]any, error) {
	entries := p.visible(ctx, conditions)
	all := make([]*described, len(entries))
	if use.Column("TABLE_COMMENT") { // a plain list of tables reads none of them
		var err error
		if all, err = p.described(ctx, entries); err != nil {
			return nil, err
		}
	}
	rows := make([][]any, len(entries))
	for i, e := range entries {
		typ, insertable := "BASE TABLE", "YES"
		if e.Kind == lake.ViewEntry {
			typ, insertable = "VIEW", "NO"
		}
		var comment any
		if all[i] != nil {
			comment = orNull(all[i].comment)
		}
		rows[i] = []any{lake.CatalogName, e.Name.Namespace, e.Name.Name, typ, insertable, "NO", comment}
	}
	return rows, nil
}

func (p *passage) columnsInformation(ctx context.Context, conditions []sqlast.Condition, _ sqlast.Use) ([][]any, error) {
	entries := p.visible(ctx, conditions)
	all, err := p.described(ctx, entries)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for i, e := range entries {
		for at, c := range all[i].columns {
			nullable := "YES"
			if c.required {
				nullable = "NO"
			}
			rows = append(rows, []any{lake.CatalogName, e.Name.Namespace, e.Name.Name, c.name, at + 1, nullable, c.typ, c.precision, c.radix, c.scale, orNull(c.comment)})
		}
	}
	return rows, nil
}

// numeric returns the precision, its radix and the scale of a number's type.
func numeric(t lake.Type) (precision, radix, scale any) {
	switch t.Kind {
	case lake.Int:
		return 32, 2, 0
	case lake.Long:
		return 64, 2, 0
	case lake.Float:
		return 24, 2, 0
	case lake.Double:
		return 53, 2, 0
	case lake.Decimal:
		return t.Precision, 10, t.Scale
	}
	return nil, nil, nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
