package sqlast

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// scope is what names mean at a point of a query: a common table expression,
// or the FROM clause of a SELECT, and what is around it. nil is the outermost.
type scope struct {
	outer *scope
	cte   *cte
	query Node       // the SELECT whose FROM clause this is
	from  [][]string // the tables in it that have no alias, by their full names

	members []*member // of the FROM clause; none where nobody knows relations
	merged  bool      // joins make one column of two
	derived Node      // what stands after FROM, and sees less of its SELECT
}

// cte is a common table expression: how it is known, and its new name.
type cte struct{ known, name string }

func (s *scope) define(known, name string) *scope {
	return &scope{outer: s, cte: &cte{known: known, name: name}}
}

// enter opens the scope of a query's FROM clause.
func (s *scope) enter(query Node) *scope {
	in := &scope{outer: s, query: query}
	eachTable(child(query, "from_table"), func(n Node) {
		if text(n, "alias") == "" {
			parts := partsOf(n)
			if len(parts) == 1 {
				parts = []string{ident.DefaultNamespace, parts[0]}
			}
			in.from = append(in.from, parts)
		}
	})
	return in
}

// eachTable calls f for the tables after FROM, not those in subqueries.
func eachTable(from Node, f func(Node)) {
	switch Kind(from) {
	case "BASE_TABLE":
		f(from)
	case "JOIN":
		eachTable(child(from, "left"), f)
		eachTable(child(from, "right"), f)
	case "PIVOT":
		eachTable(child(from, "source"), f)
	}
}

// lookup finds the common table expression that a table's name means. The
// engine's schema "recurring" is the whole of a recursive one so far.
func (s *scope) lookup(parts []string) (name string, found bool) {
	if len(parts) > 2 || len(parts) == 2 && !strings.EqualFold(parts[0], "recurring") {
		return "", false
	}
	for ; s != nil; s = s.outer {
		if s.cte != nil && strings.EqualFold(s.cte.known, parts[len(parts)-1]) {
			return s.cte.name, true
		}
	}
	return "", false
}

// unqualify takes the namespace off a column reference such as
// retail.invoices.quantity: the table is a subquery now and has only an alias.
func (s *scope) unqualify(n Node) {
	parts := texts(n, "column_names")
	for ; s != nil; s = s.outer {
		for _, table := range s.from {
			if q := qualifier(parts, table); q > 0 {
				n["column_names"] = list(n, "column_names")[q-1:]
				return
			}
		}
	}
}

// qualifier returns how many parts of a column reference are the table's name
// with its namespace; 0 is none. A catalog before the namespace may be left out.
func qualifier(parts, table []string) int {
	for ; len(table) > 1; table = table[1:] {
		if q := len(table); len(parts) > q && slices.EqualFunc(parts[:q], table, strings.EqualFold) {
			return q
		}
	}
	return 0
}
