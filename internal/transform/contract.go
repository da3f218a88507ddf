package transform

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/scan"
)

// contracted compares the columns of a model's query with those of its
// contract, and returns them in the contract's order. Without a contract they
// are what they were.
func (t *Transformer) contracted(ctx context.Context, r Request, found []engine.Column) ([]engine.Column, error) {
	if r.Model.Kind != project.KindModel || !r.Model.Config.Contract.Enforced {
		return found, nil
	}
	wanted, err := t.declared(ctx, r)
	if err != nil {
		return nil, err
	}
	if broken := mismatches(found, wanted); len(broken) > 0 {
		return nil, contractProblem(r.Model, broken)
	}
	ordered := make([]engine.Column, len(wanted))
	for i, w := range wanted {
		ordered[i] = found[indexOf(found, w.Name)]
		if ordered[i].Type == untyped {
			ordered[i].Type = w.Type
		}
	}
	return ordered, nil
}

// untyped is the type of columns that are nothing but NULL; the engine shows
// it as an INTEGER.
const untyped = `"NULL"`

// declared are the columns of a contract, with the engine's names of their
// types.
func (t *Transformer) declared(ctx context.Context, r Request) ([]engine.Column, error) {
	columns := r.Model.Columns
	all, err := t.typesOf(ctx, r, columns)
	if err == nil && len(all) == len(columns) {
		return all, nil
	}
	for _, c := range columns { // one of them is wrong
		one, err := t.typesOf(ctx, r, []project.Column{c})
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil || len(one) != 1:
			return nil, diag.New("bad-contract", c.Place, "`%s` is no data_type, which the contract of `%s` gives the column `%s`", c.DataType, r.Model.Name, c.Name).
				WithHint("write a type of DuckDB, such as integer, varchar, numeric(18, 2) or timestamp").WithCause(err)
		}
	}
	return nil, err
}

func (t *Transformer) typesOf(ctx context.Context, r Request, columns []project.Column) ([]engine.Column, error) {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = "CAST(NULL AS " + c.DataType + ") AS " + ident.Quote(c.Name)
	}
	plan, err := t.Gate.Plan(ctx, gate.Statement{
		SQL: "SELECT " + strings.Join(list, ", "), Who: t.Who, Scope: r.Scope, Purpose: "query",
	})
	if err != nil {
		return nil, err
	}
	return plan.Columns, nil
}

// mismatch is a column that is not what a contract says; in the words of dbt.
type mismatch struct{ column, definition, contract, reason string }

// mismatches compares the columns of a query with those of a contract, by name.
func mismatches(found, wanted []engine.Column) []mismatch {
	var out []mismatch
	for _, f := range found {
		i := indexOf(wanted, f.Name)
		switch {
		case i < 0:
			out = append(out, mismatch{f.Name, shown(f.Type), "", "missing in contract"})
		case !meets(f.Type, wanted[i].Type):
			out = append(out, mismatch{f.Name, shown(f.Type), wanted[i].Type, "data type mismatch"})
		}
	}
	for _, w := range wanted {
		if indexOf(found, w.Name) < 0 {
			out = append(out, mismatch{w.Name, "", w.Type, "missing in definition"})
		}
	}
	slices.SortStableFunc(out, func(a, b mismatch) int { return strings.Compare(a.column, b.column) })
	return out
}

func indexOf(columns []engine.Column, name string) int {
	return slices.IndexFunc(columns, func(c engine.Column) bool { return c.Name == name })
}

func shown(t string) string {
	if t == untyped {
		return "INTEGER"
	}
	return t
}

// meets reports whether a type is the one that a contract asks for. What the
// lake has no type for comes out of it as another, such as SMALLINT as INTEGER,
// and that is as good.
func meets(found, wanted string) bool {
	if shown(found) == wanted {
		return true
	}
	t, err := scan.LakeType(wanted)
	if err != nil {
		return false
	}
	kept, err := scan.DuckType(t)
	return err == nil && kept == shown(found)
}

// contractProblem says what is wrong where the YAML file says otherwise.
func contractProblem(model *project.Resource, broken []mismatch) error {
	at := model.ContractPlace()
	for _, b := range broken {
		i := slices.IndexFunc(model.Columns, func(c project.Column) bool { return c.Name == b.column })
		if i >= 0 {
			at = model.Columns[i].Place
			break
		}
	}
	return diag.New("contract", at, "the columns of `%s` are not those of its contract\n%s", model.Name, mismatchTable(broken)).
		WithHint("names and data types in %s must be those of %s; the order does not matter", model.PatchPath, model.Path)
}

func mismatchTable(broken []mismatch) string {
	rows := [][4]string{{"column_name", "definition_type", "contract_type", "mismatch_reason"}}
	for _, b := range broken {
		rows = append(rows, [4]string{b.column, b.definition, b.contract, b.reason})
	}
	var width [4]int
	for _, row := range rows {
		for i, text := range row {
			width[i] = max(width[i], len(text))
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		line := "  "
		for c, text := range row {
			line += fmt.Sprintf("| %-*s ", width[c], text)
		}
		lines[i] = line + "|"
	}
	return strings.Join(lines, "\n")
}
