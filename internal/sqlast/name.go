package sqlast

import (
	"context"
	"slices"
	"strings"
)

// Name gives columns that have no name, and are made of queries, the one that
// the engine has for them as they are written. Otherwise it would be what the
// engine makes of what was put in the place of tables.
func (t *Tree) Name(ctx context.Context, p Parser) error {
	found, err := unnamed(t.root["statements"])
	if err != nil || len(found) == 0 {
		return err
	}
	shell, err := Parse(ctx, p, "SELECT NULL")
	if err != nil {
		return err
	}
	for _, n := range found {
		if n["alias"], err = shell.written(ctx, p, n); err != nil {
			return err
		}
	}
	return nil
}

// written is an expression as the engine writes it.
func (t *Tree) written(ctx context.Context, p Parser, expression Node) (string, error) {
	t.Query(0)["select_list"] = []any{Copy(expression)}
	sql, _, err := t.Deparse(ctx, p)
	sql = strings.TrimSuffix(strings.TrimSpace(sql), ";")
	return strings.TrimPrefix(sql, "SELECT "), err
}

// unnamed are the columns of queries that have no name, and are made of queries.
func unnamed(v any) (found []Node, err error) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			more, err := unnamed(one)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
	case Node:
		for _, n := range slices.Concat(nodes(list(v, "select_list")), nodes(list(v, "aggregates"))) {
			if text(n, "alias") != "" || text(n, "class") == "STAR" || !holds(n, "SUBQUERY") {
				continue
			}
			if holds(n, "STAR") {
				return nil, &UnsupportedError{Kind: "a query in an expression of several columns", Offset: Location(n)}
			}
			found = append(found, n)
		}
		for _, field := range nested(v) {
			more, err := unnamed(v[field])
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
	}
	return found, nil
}

// holds reports whether an expression is of a class, or has a part that is, but
// for what is within queries.
func holds(v any, class string) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, func(one any) bool { return holds(one, class) })
	case Node:
		if text(v, "class") == class {
			return true
		}
		for _, field := range nested(v) {
			if n := child(v, field); !strings.HasSuffix(Kind(child(n, "node")), "_NODE") && holds(v[field], class) {
				return true
			}
		}
	}
	return false
}
