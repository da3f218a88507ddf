package gate

import (
	"context"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// shown are the lists of SHOW, by what the engine's parser makes of it, with the
// columns that the engine's own lists have.
var shown = map[string]struct {
	columns []generated.Column
	rows    func(*passage, context.Context) ([][]any, error)
}{
	"tables":    {[]generated.Column{{Name: "name"}}, (*passage).showTables},
	"databases": {[]generated.Column{{Name: "database_name"}}, (*passage).showDatabases},
	"schemas": {[]generated.Column{{Name: "database_name"}, {Name: "schema_name"}, {Name: "current", Kind: generated.Bool}},
		(*passage).showSchemas},
	"__show_tables_expanded": {[]generated.Column{{Name: "database"}, {Name: "schema"}, {Name: "name"},
		{Name: "column_names", Kind: generated.Texts}, {Name: "column_types", Kind: generated.Texts}, {Name: "temporary", Kind: generated.Bool}},
		(*passage).showAllTables},
}

// lists gives the lists of SHOW, of what the lake has and who asks sees, in the
// place of the engine's.
func (p *passage) lists(ctx context.Context, verb string, of []string) (sqlast.Node, error) {
	list, known := shown[strings.Join(of, ".")]
	if !known || verb != "SHOW_UNQUALIFIED" {
		return p.show(verb, of)
	}
	p.oversees(p.reader().all())
	rows, err := list.rows(p, ctx)
	if err != nil {
		return nil, err
	}
	from, err := p.rows(ctx, generated.Table{Columns: list.columns, Rows: generated.All(rows)})
	if err != nil {
		return nil, err
	}
	return p.placeholder("(FROM " + from + ")"), nil
}

// show takes DESCRIBE and SUMMARIZE of a query, which has passed as such.
func (p *passage) show(verb string, of []string) (sqlast.Node, error) {
	if len(of) == 0 && (verb == "DESCRIBE" || verb == "SUMMARY") {
		return nil, nil
	}
	return nil, p.problem("statement-refused", 0, "this SHOW would list the engine's own objects, not the lake's tables").
		WithHint("SHOW TABLES, SHOW ALL TABLES and SHOW SCHEMAS list what there is; DESCRIBE <table> shows the columns of one")
}

// showTables has the tables and views whose names can be written without a schema.
func (p *passage) showTables(ctx context.Context) (rows [][]any, err error) {
	for _, e := range p.visible(ctx, nil) {
		if isTemporary(p.st.Scope, e.Name) || p.inPath(e.Name.Namespace) {
			rows = append(rows, []any{e.Name.Name})
		}
	}
	slices.SortFunc(rows, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	return rows, nil
}

func (p *passage) showAllTables(ctx context.Context) (rows [][]any, err error) {
	entries := p.visible(ctx, nil)
	all, err := p.described(ctx, entries)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		var names, types []string
		for _, c := range all[i].columns {
			names, types = append(names, c.name), append(types, c.typ)
		}
		rows = append(rows, []any{lake.CatalogName, e.Name.Namespace, e.Name.Name, names, types, isTemporary(p.st.Scope, e.Name)})
	}
	return rows, nil
}

func (p *passage) showDatabases(context.Context) ([][]any, error) {
	return [][]any{{lake.CatalogName}}, nil
}

func (p *passage) showSchemas(ctx context.Context) (rows [][]any, err error) {
	all, err := p.schemata(ctx, nil, sqlast.Use{})
	for _, r := range all {
		rows = append(rows, []any{r[0], r[1], p.inPath(r[1].(string))})
	}
	return rows, err
}

// inPath reports whether names without a schema are looked for in a namespace.
func (p *passage) inPath(namespace string) bool {
	if len(p.st.Path) == 0 || len(p.views) > 0 {
		return namespace == ident.DefaultNamespace
	}
	return slices.Contains(p.st.Path, namespace)
}
