package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/project"
)

// The words of a contract; what each does is in docs/contracts.md.
const (
	evolve       = "evolve"
	freeze       = "freeze"
	discardRow   = "discard_row"
	discardValue = "discard_value"
)

// Why a contract had records left out.
const (
	// SkippedUnknownColumn counts records with a value in a column that the
	// table does not have (columns: discard_row).
	SkippedUnknownColumn = "unknown_column"
	// SkippedUnfitType counts records with a value that does not fit its
	// column (types: discard_row).
	SkippedUnfitType = "unfit_type"
)

// keepsDiscarded reports whether the raw table has a column for values that
// were left out of their rows.
func keepsDiscarded(c project.Contract) bool {
	return c.Columns == discardValue || c.Types == discardValue
}

// settle finds out which columns of the layout the contract keeps out of the
// table. A table that does not exist yet takes every column; a declared column
// is let in.
func (j *job) settle(ctx context.Context) error {
	j.unknown = nil
	word := j.def.Contract.Columns
	if word == "" || word == evolve || j.base == nil || j.request.FullRefresh {
		return nil
	}
	known := map[string]bool{}
	for _, f := range j.base.Schema().Fields {
		known[ident.Fold(f.Name)] = true
	}
	for name := range j.def.Columns {
		known[ident.Fold(name)] = true
	}
	for _, c := range j.request.Source.Columns {
		known[ident.Fold(c.Name)] = true
	}
	for i, c := range j.layout.Columns {
		if !known[ident.Fold(c.Name)] && !strings.HasPrefix(c.Name, connector.ReservedPrefix) {
			j.unknown = append(j.unknown, i)
		}
	}
	if word == freeze && len(j.unknown) > 0 {
		return j.frozen(ctx)
	}
	return nil
}

// frozen says which columns the table does not take, and who brings them.
func (j *job) frozen(ctx context.Context) error {
	var problems diag.Problems
	var names []string
	for _, f := range j.base.Schema().Fields {
		if !strings.HasPrefix(f.Name, connector.ReservedPrefix) {
			names = append(names, f.Name)
		}
	}
	for _, i := range j.unknown {
		column := j.layout.Columns[i].Name
		p := problems.Errorf("column-frozen", j.bringer(ctx, column), "%s has no column %q, and its columns are frozen", j.table, column)
		p.WithHint("nothing was written; declare it under columns: to let it in, or write contract: {columns: evolve | discard_row | discard_value}")
		if near := ident.Near(column, names); len(near) > 0 {
			p.Hint = fmt.Sprintf("did you mean %q? %s", near[0], p.Hint)
		}
	}
	return problems.Err()
}

// bringer is the first of the files that has the column.
func (j *job) bringer(ctx context.Context, column string) diag.Place {
	for _, p := range j.toRead {
		req, err := j.inferRequest()
		if err != nil {
			break
		}
		req.Declared, req.Existing = nil, nil
		layout, err := j.format.Infer(ctx, []connector.Input{j.input(p, nil)}, req)
		if err == nil && layout.Index(column) >= 0 {
			return diag.Place{File: p.Name, Line: 1}
		}
	}
	return j.def.Places["contract.columns"]
}

// takes reports whether the table gets column i of the layout.
func (j *job) takes(i int) bool { return !slices.Contains(j.unknown, i) }

// ofType reports whether values are all that is wrong with a record.
func ofType(violations []connector.Violation) bool {
	return !slices.ContainsFunc(violations, func(v connector.Violation) bool { return v.Rule != connector.RuleType })
}

// typeFrozen is what a value that does not fit leads to where types are frozen.
func typeFrozen(file string, r connector.Reject) error {
	i := slices.IndexFunc(r.Violations, func(v connector.Violation) bool { return v.Rule == connector.RuleType })
	if i < 0 {
		return nil
	}
	v := r.Violations[i]
	return diag.New("type-frozen", diag.Place{File: file, Line: int(r.Line)}, "%s: %s", v.Column, v.Reason).
		WithHint("nothing was written, as types are frozen; mend the value, or write contract: {types: evolve | quarantine | discard_row | discard_value}")
}
