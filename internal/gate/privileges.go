package gate

import (
	"context"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// Tables of what who asks may do.
var (
	privilegeTable       = informationTable{columnsOf("table_schema table_name actions"), []string{"table_schema", "table_name", "actions"}, (*passage).privileges}
	schemaPrivilegeTable = informationTable{columnsOf("schema_name actions"), []string{"schema_name", "actions"}, (*passage).schemaPrivileges}
)

// ofRows are the actions on the rows of a table, of which views have the first.
var ofRows = []policy.Action{policy.Select, policy.Insert, policy.Update, policy.Delete}

// privileges are what who asks may do with the rows of each table and view that
// they see: actions with spaces between them, which may be none.
func (p *passage) privileges(ctx context.Context, conditions []sqlast.Condition, _ sqlast.Use) ([][]any, error) {
	entries := p.visible(ctx, conditions)
	ofTable := p.rights.policies.Permitted(p.rights.who, ofRows...)
	ofView := p.rights.policies.Permitted(p.rights.who, ofRows[:1]...)
	rows := make([][]any, len(entries))
	for i, e := range entries {
		var actions []policy.Action
		switch {
		case isTemporary(p.st.Scope, e.Name):
			actions = ofRows
		case e.Kind == lake.ViewEntry:
			actions = ofView(e.Name)
		default:
			actions = ofTable(e.Name)
		}
		rows[i] = []any{e.Name.Namespace, e.Name.Name, spaced(actions)}
	}
	return rows, nil
}

// schemaPrivileges tell whether who asks may create something in each namespace
// that they see; the one without a name is above all of them.
func (p *passage) schemaPrivileges(ctx context.Context, _ []sqlast.Condition, use sqlast.Use) ([][]any, error) {
	seen, err := p.schemata(ctx, nil, use)
	if err != nil {
		return nil, err
	}
	permitted := p.rights.policies.Permitted(p.rights.who, policy.Create)
	rows := [][]any{{"", spaced(permitted(ident.Table{}))}}
	for _, schema := range seen {
		name, _ := schema[1].(string)
		var actions []policy.Action
		if !IsReserved(name) {
			actions = permitted(ident.Table{Namespace: name})
		}
		rows = append(rows, []any{name, spaced(actions)})
	}
	return rows, nil
}

func spaced(actions []policy.Action) string {
	words := make([]string, len(actions))
	for i, a := range actions {
		words[i] = string(a)
	}
	return strings.Join(words, " ")
}
