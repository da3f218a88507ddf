package transform

import (
	"context"
	"errors"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/write"
)

// What becomes of the rows of a snapshot that its query no longer has.
const (
	ignoreDeletes     = "ignore"
	invalidateDeletes = "invalidate"
	newRecordDeletes  = "new_record"
)

// snapshotNow is the time of a snapshot, one for all of its rows.
const snapshotNow = "now()::timestamp"

// snapshot is the taking of one snapshot.
type snapshot struct {
	*Transformer
	r       Request
	columns snapshotColumns
	keys    []string
	// updatedAt is when a row changed, as SQL over the rows of the query.
	updatedAt string
	// changed is the condition that a row of the query says something else than
	// the one that is held for current.
	changed string
	deletes string
	// current is what stands in valid_to of current rows, "" being NULL; gated
	// is the same for the writer's SQL.
	current, gated string
	source         []string // the columns of the query
}

// snapshotColumns are the names of the columns that snapshots add.
type snapshotColumns struct {
	scdID, updatedAt, validFrom, validTo, isDeleted string
}

// snapshot compares the rows of a query with those that were seen before: what
// changed gets a new row, and the old one an end. Rows and values are those
// that dbt gives them.
func (t *Transformer) snapshot(ctx context.Context, r Request) (*lake.Candidate, error) {
	s := &snapshot{Transformer: t, r: r}
	statement, err := t.statement(ctx, r)
	if err != nil {
		return nil, err
	}
	plan, err := t.Gate.Plan(ctx, statement)
	if err != nil {
		return nil, err
	}
	for _, c := range plan.Columns {
		s.source = append(s.source, c.Name)
	}
	if err := s.settings(ctx); err != nil {
		return nil, err
	}
	if r.Base == nil {
		return s.first(ctx, statement)
	}
	return s.next(ctx, statement)
}

// first makes the table of the first snapshot.
func (s *snapshot) first(ctx context.Context, statement gate.Statement) (*lake.Candidate, error) {
	c := s.columns
	list := []string{
		"*", s.scd() + " AS " + c.scdID, s.updatedAt + " AS " + c.updatedAt,
		s.updatedAt + " AS " + c.validFrom, s.validTo() + " AS " + c.validTo,
	}
	if s.deletes == newRecordDeletes {
		list = append(list, "'False' AS "+c.isDeleted)
	}
	rows, schema, err := s.run(ctx, statement, "SELECT "+strings.Join(list, ", ")+" FROM (", ") AS sbq")
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	return s.replace(ctx, s.r, rows, schema)
}

// run runs a statement that stands inside generated SQL, which may name tables
// as it does.
func (s *snapshot) run(ctx context.Context, statement gate.Statement, before, after string) (*gate.Result, lake.Schema, error) {
	statement.SQL, statement.Text, statement.Lead = before+statement.SQL+"\n"+after, nil, len(before)
	return s.project(ctx, s.r, statement)
}

// next adds what changed to the table.
func (s *snapshot) next(ctx context.Context, statement gate.Statement) (*lake.Candidate, error) {
	if err := s.checkBase(); err != nil {
		return nil, err
	}
	rows, staged, err := s.run(ctx, statement, "WITH snapshot_query AS (", "), "+s.staging())
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	have := s.r.Base.Schema()
	var insert []string
	schema := lake.Schema{Fields: fieldsOf(have)}
	for _, f := range staged.Fields {
		if s.internal(f.Name) {
			continue
		}
		insert = append(insert, f.Name)
		if _, has := have.Column(f.Name); !has {
			schema.Fields = append(schema.Fields, f)
		}
	}
	partition, err := partitions(s.r.Model)
	if err != nil {
		return nil, err
	}
	c := s.columns
	same := mergeSource + "." + c.scdID + "::text = " + mergeTarget + "." + c.scdID + "::text AND " +
		mergeSource + "." + changeColumn + " IN ('update', 'delete') AND " + s.open(mergeTarget+".", s.gated)
	candidate, _, err := s.Writer.Edit(ctx, s.r.write(lake.Overwrite, s.r.wrap(rows), schema, partition), write.Edit{
		Target: mergeTarget, Source: mergeSource,
		Merge: &write.MergeInto{On: same, Clauses: []write.MergeClause{{
			Matched: true, Action: write.UpdateSet,
			Set: []write.Assignment{{Column: unquoted(c.validTo), SQL: mergeSource + "." + c.validTo}},
		}}},
		Insert: insert, Add: true, Where: changeColumn + " = 'insert'",
	})
	return candidate, written(s.r.Model, err)
}

// checkBase makes sure that the table is a snapshot.
func (s *snapshot) checkBase() error {
	if s.r.Base.Kind() != lake.TableEntry {
		return s.bad("%s is a view, and a snapshot is a table", s.r.Base.Name())
	}
	c := s.columns
	need := []string{c.scdID, c.validFrom, c.validTo}
	if s.deletes == newRecordDeletes {
		need = append(need, c.isDeleted)
	}
	var missing []string
	for _, name := range need {
		if _, has := s.r.Base.Schema().Column(unquoted(name)); !has {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return s.bad("%s is no table of this snapshot: it lacks %s", s.r.Base.Name(), strings.Join(missing, ", ")).
		WithHint("give the snapshot another alias or schema")
}

func (s *snapshot) bad(format string, args ...any) *diag.Problem {
	return settingsOf(s.r.Model).bad(format, args...)
}

// settings reads what the snapshot's configuration says. Its expressions stand
// in the statement, and pass the gate with it; the one of current rows stands
// in the writer's SQL too.
func (s *snapshot) settings(ctx context.Context) error {
	set := settingsOf(s.r.Model)
	names, err := set.mapping("snapshot_meta_column_names")
	if err != nil {
		return err
	}
	name := func(usual string) string {
		if n := textOf(names[usual]); n != "" {
			usual = n
		}
		return ident.Quote(usual)
	}
	s.columns = snapshotColumns{name("dbt_scd_id"), name("dbt_updated_at"), name("dbt_valid_from"), name("dbt_valid_to"), name("dbt_is_deleted")}
	if s.keys, err = set.texts("unique_key"); err != nil {
		return err
	}
	s.updatedAt, s.current, s.deletes = set.text("updated_at"), set.text("dbt_valid_to_current"), set.text("hard_deletes")
	if on, _ := set.raw["invalidate_hard_deletes"].(bool); on && s.deletes == "" {
		s.deletes = invalidateDeletes
	}
	if s.current != "" {
		if s.gated, err = s.expression(ctx, s.r, s.current); err != nil {
			return err
		}
	}
	switch s.deletes {
	case "":
		s.deletes = ignoreDeletes
	case ignoreDeletes, invalidateDeletes, newRecordDeletes:
	default:
		return set.bad("hard_deletes is %q", s.deletes).WithHint("it takes ignore, invalidate or new_record")
	}
	if len(s.keys) == 0 {
		return set.bad("a snapshot needs a unique_key").WithHint("name the columns that tell rows apart")
	}
	return errors.Join(s.checkQuery(), s.strategy(set))
}

// checkQuery refuses queries that have a column which the snapshot adds.
func (s *snapshot) checkQuery() error {
	for _, name := range s.source {
		for _, own := range []string{s.columns.scdID, s.columns.validFrom, s.columns.validTo, changeColumn} {
			if ident.Fold(name) == ident.Fold(unquoted(own)) {
				return s.bad("the query of the snapshot has a column %s, which the snapshot adds", name).
					WithHint("leave it out, or name the snapshot's own differently with snapshot_meta_column_names")
			}
		}
	}
	return nil
}

func unquoted(name string) string { return plain(name) }
