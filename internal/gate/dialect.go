package gate

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// Dialect is what clients of another database find beside the lake's tables:
// the relations and functions of its catalog.
type Dialect interface {
	// View returns the statement of a relation of the catalog, which reads others
	// of it and information_schema; false is none. It passes the gate as the
	// views of the lake do. Rows that wanted says no to need not be there, nor the
	// values of columns that it says no to.
	View(name ident.Table, wanted Wanted) (sql string, known bool)
	// Relation tells of a relation of the catalog what narrows statements that read
	// it; nil is none.
	Relation(name ident.Table) *Relation
	// Named returns what a function, such as regclass, makes a number of that is
	// written as a constant; false is that it makes none.
	Named(function, written string) (meant Meant, known bool)
	// Macro returns the parameters and the body of a function, which reads
	// nothing but its parameters; false is none. Without parameters the body is
	// the name that the engine has for it.
	Macro(name string) (parameters, body string, known bool)
	// Query returns the query of a function that reads the catalog, one value of
	// which is the function's: $1 and so on are the arguments. false is none.
	Query(name string) (sql string, known bool)
}

// Relation is what is known of a relation of the catalog.
type Relation = sqlast.Relation

// Column is what is known of a column of one.
type Column = sqlast.Column

// Meant is what a text means that is a name of a relation.
type Meant struct {
	Number uint32 // 0: one of Names
	Names  []ident.Table
	Must   bool // an error where there is none
}

// macroPrefix begins the names that functions of a dialect have in the engine,
// where they come before everything of the same name.
const macroPrefix = "tarn_dialect_"

// translate makes the engine's of what is written for the dialect: sql, as a tree.
func (p *passage) translate(ctx context.Context, sql string, tree *sqlast.Tree) error {
	if p.st.Dialect == nil {
		return nil
	}
	if err := tree.Expand(func(name string) (query, null sqlast.Node, err error) { return p.dialectQuery(ctx, name) }); err != nil {
		return err
	}
	if err := p.named(ctx, tree); err != nil {
		return err
	}
	tree.SessionValues(sql, p.dialectMacro)
	tree.Translate(p.dialectMacro)
	return nil
}

// dialectMacro returns what the engine has to call for a function of the dialect,
// which is defined for that.
func (p *passage) dialectMacro(name string) (string, bool) {
	parameters, body, known := p.st.Dialect.Macro(name)
	if !known {
		return "", false
	}
	if parameters == "" {
		return body, true
	}
	if p.macros == nil {
		p.macros = map[string]string{}
	}
	p.macros[macroPrefix+name] = "CREATE TEMPORARY MACRO " + macroPrefix + name + parameters + " AS " + body
	return macroPrefix + name, true
}

// dialectQuery returns the expression of a function of the dialect that reads
// the catalog, and one that is NULL; nil is none.
func (p *passage) dialectQuery(ctx context.Context, name string) (query, null sqlast.Node, err error) {
	sql, known := p.st.Dialect.Query(name)
	if !known {
		return nil, nil, nil
	}
	tree, err := sqlast.Parse(ctx, p.parser, "SELECT ("+sql+"), NULL")
	if err != nil {
		return nil, nil, err
	}
	values, _ := sqlast.Values(tree.Query(0))
	return values[0], values[1], nil
}

// define defines the functions that the statement calls, in its own session.
func (p *passage) define(ctx context.Context) error {
	if len(p.macros) == 0 {
		return nil
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(p.macros)) {
		list = append(list, p.macros[name])
	}
	_, err := p.session.Exec(ctx, strings.Join(list, "; "))
	return err
}

// dialectView returns the query of a relation of the dialect; nil is none.
func (p *passage) dialectView(ctx context.Context, name ident.Table, ref sqlast.TableRef) (sqlast.Node, error) {
	if p.st.Dialect == nil || p.inDialect && ident.Fold(name.Namespace) == InformationNamespace {
		return nil, nil
	}
	use := ref.Use()
	sql, known := p.st.Dialect.View(name, Wanted{conditions: ref.Conditions, use: &use, rights: &p.rights})
	switch {
	case !known:
		return nil, nil
	case ref.At != nil:
		return nil, p.problem("no-snapshot", ref.Location, "%s has no snapshots", name).WithHint("read it without AT")
	}
	before := p.inDialect
	p.inDialect = true
	defer func() { p.inDialect = before }()
	return p.expand(ctx, name, sql, ref)
}
