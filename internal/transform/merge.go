package transform

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/write"
)

// merge reads the model's settings of a merge, in the words of dbt-duckdb.
func (in *incremental) merge(ctx context.Context, change schemaChange) (*write.MergeInto, error) {
	m := &write.MergeInto{}
	if err := in.mergeOn(ctx, m); err != nil {
		return nil, err
	}
	clauses, err := in.settings.mapping("merge_clauses")
	if err != nil {
		return nil, err
	}
	for _, side := range []struct {
		name    string
		matched bool
		usual   func(context.Context, schemaChange) (write.MergeClause, error)
	}{{"when_matched", true, in.usualUpdate}, {"when_not_matched", false, in.usualInsert}} {
		list, given := clauses[side.name].([]any)
		if !given {
			c, err := side.usual(ctx, change)
			if err != nil {
				return nil, err
			}
			m.Clauses = append(m.Clauses, c)
			continue
		}
		for _, e := range list {
			c, err := in.clause(ctx, e, side.matched, change)
			if err != nil {
				return nil, err
			}
			m.Clauses = append(m.Clauses, c)
		}
	}
	return m, nil
}

// checkNew refuses rows with columns that the table does not have, where they
// are to be filled by their names.
func (in *incremental) checkNew(m *write.MergeInto, change schemaChange) error {
	byName := slices.ContainsFunc(m.Clauses, func(c write.MergeClause) bool {
		return c.Action == write.UpdateByName || c.Action == write.InsertByName
	})
	added := without(change.source, change.schema)
	if !byName || len(added) == 0 {
		return nil
	}
	return in.settings.bad("the table of the model lacks %s", differences(added, nil, nil)).
		WithHint("rebuild it with --full-refresh, or set on_schema_change to append_new_columns or sync_all_columns")
}

// mergeOn says which rows are the same.
func (in *incremental) mergeOn(ctx context.Context, m *write.MergeInto) (err error) {
	if m.Using, err = in.settings.texts("merge_on_using_columns"); err != nil {
		return err
	}
	if len(m.Using) > 0 {
		if len(in.predicates) > 0 {
			return in.settings.bad("merge_on_using_columns and incremental_predicates exclude each other").
				WithHint("write the columns as unique_key")
		}
		return nil
	}
	keys, err := in.settings.texts("unique_key")
	if err != nil {
		return err
	}
	m.Near = "false"
	if len(keys) > 0 {
		if m.Near, err = in.agree(ctx, mergeSource, mergeTarget, keys); err != nil {
			return err
		}
	}
	m.On = all(append([]string{m.Near}, in.predicates...))
	return nil
}

// usualUpdate is what becomes of rows that are there already.
func (in *incremental) usualUpdate(ctx context.Context, change schemaChange) (write.MergeClause, error) {
	c := write.MergeClause{Matched: true, Action: write.UpdateByName}
	condition, err := in.condition(ctx, in.settings.raw["merge_update_condition"])
	if err != nil {
		return c, err
	}
	c.Condition = condition
	include, err := in.settings.texts("merge_update_columns")
	if err != nil {
		return c, err
	}
	exclude, err := in.settings.texts("merge_exclude_columns")
	if err != nil {
		return c, err
	}
	set, err := in.settings.mapping("merge_update_set_expressions")
	if err != nil || len(include)+len(exclude)+len(set) == 0 {
		return c, err
	}
	c.Action = write.UpdateSet
	c.Set, err = in.assignments(ctx, include, exclude, set, change)
	return c, err
}

func (in *incremental) usualInsert(ctx context.Context, _ schemaChange) (write.MergeClause, error) {
	condition, err := in.condition(ctx, in.settings.raw["merge_insert_condition"])
	return write.MergeClause{Action: write.InsertByName, Condition: condition}, err
}

// assignments are what an update changes: expressions first, and then columns
// that take the value that came in: those of include, or all but exclude's.
func (in *incremental) assignments(ctx context.Context, include, exclude []string, set map[string]any, change schemaChange) ([]write.Assignment, error) {
	if len(include) > 0 && len(exclude) > 0 {
		return nil, in.settings.bad("merge_update_columns and merge_exclude_columns exclude each other")
	}
	var out []write.Assignment
	given := map[string]bool{}
	for _, column := range slices.Sorted(maps.Keys(set)) {
		value, ok := set[column].(string)
		if !ok {
			return nil, in.settings.bad("the expression for the column %s is no text", column)
		}
		sql, err := in.gated(ctx, value)
		if err != nil {
			return nil, err
		}
		given[ident.Fold(plain(column))] = true
		out = append(out, write.Assignment{Column: plain(column), SQL: sql})
	}
	columns := include
	if len(include) == 0 {
		columns = slices.DeleteFunc(slices.Clone(change.insert), func(c string) bool {
			return slices.ContainsFunc(exclude, func(e string) bool { return ident.Fold(e) == ident.Fold(c) })
		})
	}
	for _, c := range columns {
		if name := plain(c); !given[ident.Fold(name)] {
			out = append(out, write.Assignment{Column: name, SQL: mergeSource + "." + ident.Quote(name)})
		}
	}
	return out, nil
}

// plain is a column's name without the quotes that people may write.
func plain(column string) string {
	column = strings.TrimSpace(column)
	if len(column) > 1 && column[0] == '"' && column[len(column)-1] == '"' {
		return strings.ReplaceAll(column[1:len(column)-1], `""`, `"`)
	}
	return column
}

// condition is a condition of a clause: a text, or a list of which all hold.
func (in *incremental) condition(ctx context.Context, v any) (string, error) {
	var list []string
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		if strings.TrimSpace(v) == "" {
			return "", nil
		}
		list = []string{v}
	case []any:
		for _, e := range v {
			text, ok := e.(string)
			if !ok {
				return "", in.settings.bad("the condition %v of a merge is no text", e)
			}
			list = append(list, text)
		}
	default:
		return "", in.settings.bad("the condition %v of a merge is no text", v)
	}
	for i, text := range list {
		sql, err := in.gated(ctx, text)
		if err != nil {
			return "", err
		}
		list[i] = sql
	}
	return all(list), nil
}
