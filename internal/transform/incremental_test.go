package transform

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/write"
)

// planned is what rows with the columns of source do to a table of have's, by
// settings. Expressions that went through the gate stand in brackets.
func planned(t *testing.T, strategy, have, source string, raw map[string]any) (write.Edit, error) {
	t.Helper()
	model := &project.Resource{Name: "m", Kind: project.KindModel, Relation: ident.Table{Namespace: "main", Name: "m"}, Config: project.Config{Raw: raw}}
	in := (&Transformer{}).increment(Request{Model: model}, strategy)
	in.gated = func(_ context.Context, expression string) (string, error) { return "[" + expression + "]", nil }
	var err error
	if in.predicates, err = in.gatedPredicates(t.Context()); err != nil {
		return write.Edit{}, err
	}
	change, err := reconcile(in.settings, columns(have), columns(source))
	if err != nil {
		return write.Edit{}, err
	}
	in.deleteWhere = "[in the batch]"
	return in.edit(t.Context(), change, []lake.PartitionField{{Column: "day", Transform: "identity"}})
}

func TestStrategiesSayWhatRowsDoToATable(t *testing.T) {
	list := func(texts ...any) []any { return texts }
	byName := write.MergeClause{Matched: true, Action: write.UpdateByName}
	insert := write.MergeClause{Action: write.InsertByName}
	merged := func(m write.MergeInto) write.Edit {
		return write.Edit{Target: mergeTarget, Source: mergeSource, Merge: &m}
	}
	set := func(clause write.MergeClause, pairs ...string) write.MergeClause {
		clause.Action = write.UpdateSet
		for i := 0; i < len(pairs); i += 2 {
			clause.Set = append(clause.Set, write.Assignment{Column: pairs[i], SQL: pairs[i+1]})
		}
		return clause
	}
	const near = "[(DBT_INTERNAL_SOURCE.id = DBT_INTERNAL_DEST.id)]"
	for _, c := range []struct {
		what, strategy string
		raw            map[string]any
		want           write.Edit
	}{
		{"rows are added", appendRows, nil, write.Edit{}},
		{"without a key rows are added", deleteInsert, nil, write.Edit{}},
		{"a key in one text may be any expression", deleteInsert, map[string]any{"unique_key": "id + 1"},
			write.Edit{Delete: &write.Delete{Key: "[(id + 1)]"}}},
		{"of a list all agree, and predicates hold", deleteInsert,
			map[string]any{"unique_key": list("id", "a"), "incremental_predicates": list("a > 'x'")},
			write.Edit{Target: deleteTarget, Delete: &write.Delete{
				Match: "([(DBT_INCREMENTAL_SOURCE.id = DBT_INCREMENTAL_TARGET.id) AND (DBT_INCREMENTAL_SOURCE.a = DBT_INCREMENTAL_TARGET.a)]) AND ([a > 'x'])"}}},
		{"the batch's rows leave", microbatch, nil, write.Edit{Delete: &write.Delete{Where: "[in the batch]"}}},
		{"partitions leave", insertOverwrite, nil, write.Edit{Overlap: &write.Overlap{Fields: []lake.PartitionField{{Column: "day", Transform: "identity"}}}}},
		{"a merge by key", mergeRows, map[string]any{"unique_key": "id"},
			merged(write.MergeInto{Near: near, On: "(" + near + ")", Clauses: []write.MergeClause{byName, insert}})},
		{"a merge without a key matches nothing", mergeRows, nil,
			merged(write.MergeInto{Near: "false", On: "(false)", Clauses: []write.MergeClause{byName, insert}})},
		{"columns that agree", mergeRows, map[string]any{"merge_on_using_columns": list("id", "a")},
			merged(write.MergeInto{Using: []string{"id", "a"}, Clauses: []write.MergeClause{byName, insert}})},
		{"some columns are updated", mergeRows, map[string]any{"unique_key": "id", "merge_update_columns": "a", "merge_update_condition": "x < 1"},
			merged(write.MergeInto{Near: near, On: "(" + near + ")", Clauses: []write.MergeClause{
				set(write.MergeClause{Matched: true, Condition: "([x < 1])"}, "a", `DBT_INTERNAL_SOURCE."a"`), insert}})},
		{"all but some, and by expressions", mergeRows, map[string]any{"unique_key": "id", "merge_exclude_columns": list("ID"), "merge_update_set_expressions": map[string]any{"a": "upper(a)"}},
			merged(write.MergeInto{Near: near, On: "(" + near + ")", Clauses: []write.MergeClause{
				set(write.MergeClause{Matched: true}, "a", "[upper(a)]", "b", `DBT_INTERNAL_SOURCE."b"`), insert}})},
		{"clauses as they are written", mergeRows, map[string]any{"unique_key": "id", "merge_clauses": map[string]any{
			"when_matched":     list(map[string]any{"action": "delete", "condition": "gone"}, map[string]any{"action": "do_nothing"}),
			"when_not_matched": list(map[string]any{"action": "insert", "mode": "explicit", "insert": map[string]any{"columns": list(`"id"`), "values": list("id")}}),
		}}, merged(write.MergeInto{Near: near, On: "(" + near + ")", Clauses: []write.MergeClause{
			{Matched: true, Action: write.DeleteRow, Condition: "([gone])"}, {Matched: true, Action: write.DoNothing},
			{Action: write.InsertValues, Columns: []string{"id"}, Values: []string{"([id])"}}}})},
	} {
		t.Run(c.what, func(t *testing.T) {
			got, err := planned(t, c.strategy, "id:int a:string b:int", "id:int a:string b:int", c.raw)
			if err != nil {
				t.Fatal(err)
			}
			c.want.Insert = []string{"id", "a", "b"}
			if c.want.Target == "" {
				c.want.Target = "m"
			}
			if c.want.Source == "" {
				c.want.Source = sourceName
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStrategiesRefuseWhatCannotBeMeant(t *testing.T) {
	both := []any{"id"}
	for _, c := range []struct {
		strategy, source string
		raw              map[string]any
		says             string
	}{
		{appendRows, "id:int", nil, "no longer has the columns a"},
		{mergeRows, "id:int a:string c:int", map[string]any{"unique_key": "id"}, "the table of the model lacks new are c int"},
		{mergeRows, "id:int a:string", map[string]any{"merge_update_columns": both, "merge_exclude_columns": both}, "exclude each other"},
		{mergeRows, "id:int a:string", map[string]any{"merge_on_using_columns": both, "incremental_predicates": both}, "exclude each other"},
		{mergeRows, "id:int a:string", map[string]any{"merge_clauses": map[string]any{"when_matched": []any{map[string]any{"action": "insert"}}}}, `the action "insert" does not fit`},
		{mergeRows, "id:int a:string", map[string]any{"merge_clauses": map[string]any{"when_matched": []any{map[string]any{"action": "update", "mode": "all"}}}}, `the mode "all"`},
		{mergeRows, "id:int a:string", map[string]any{"merge_update_condition": 7}, "is no text"},
		{deleteInsert, "id:int a:string", map[string]any{"unique_key": 7}, "neither a text nor a list of texts"},
	} {
		_, err := planned(t, c.strategy, "id:int a:string", c.source, c.raw)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != "bad-config" || !strings.Contains(p.Message, c.says) {
			t.Errorf("%s of %s with %v: %v, want %q", c.strategy, c.source, c.raw, err, c.says)
		}
	}
}
