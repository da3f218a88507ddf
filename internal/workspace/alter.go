package workspace

import (
	"context"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/write"
)

// columnType is the engine's type of a column of a table.
func columnType(r *relation, at int) string {
	typ, err := scan.DuckType(r.table.Schema().Fields[at].Type)
	if err != nil {
		return "VARCHAR" // fields says what is wrong
	}
	return typ
}

// alter changes what a table is called and what columns it has.
func (x *execution) alter(ctx context.Context, a *sqlast.Alter) error {
	r, err := x.existing(ctx, policy.Alter, a.Name)
	if err != nil {
		return err
	}
	if r.table == nil {
		if a.IfExists {
			return nil
		}
		return x.unknown(ctx, a.Name)
	}
	// The engine lets ALTER TABLE rename views, and dbt does.
	if r.table.Kind() == lake.ViewEntry && (a.Do != sqlast.RenameTo) || r.table.Kind() == lake.TableEntry && a.Kind == "VIEW" {
		return x.problem("not-a-"+strings.ToLower(a.Kind), a.Name.Start, "%s is a %s", r.name, kindWords[r.table.Kind()])
	}
	if err := x.confirm(ctx, r); err != nil {
		return err
	}
	switch a.Do {
	case sqlast.RenameTo:
		return x.rename(ctx, r, a)
	case sqlast.AddColumn:
		return x.addColumn(ctx, r, a)
	}
	at, err := x.column(r, a.Column)
	if err != nil {
		if a.Lenient {
			return nil
		}
		return err
	}
	schema := r.table.Schema()
	schema.Fields = slices.Clone(schema.Fields)
	switch a.Do {
	case sqlast.RenameColumn:
		if _, taken := schema.Column(a.To.Last()); taken && ident.Fold(a.To.Last()) != ident.Fold(schema.Fields[at].Name) {
			return x.problem("sql", a.To.Start, "%s has a column %s already", r.name, a.To.Last())
		}
		schema.Fields[at].Name = a.To.Last()
		return x.reshape(ctx, r, schema)
	case sqlast.DropNotNull:
		schema.Fields[at].Required = false
		return x.reshape(ctx, r, schema)
	default:
		return x.rebuild(ctx, r, a, at)
	}
}

// reshape gives a table other columns over the same files.
func (x *execution) reshape(ctx context.Context, r *relation, schema lake.Schema) error {
	return x.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		return stage.Build(ctx, lake.Change{Base: r.base, Onto: r.candidate(), Op: lake.Append, Schema: schema, Summary: x.o.Summary})
	})
}

func (x *execution) addColumn(ctx context.Context, r *relation, a *sqlast.Alter) error {
	if _, there := r.table.Schema().Column(a.Column.Last()); there {
		if a.Lenient {
			return nil
		}
		return x.problem("sql", a.Column.Start, "%s has a column %s already", r.name, a.Column.Last())
	}
	if a.Add.NotNull {
		return x.problem("sql", a.Column.Start, "the rows that %s has would have no value in %s, which takes no NULL", r.name, a.Column.Last()).
			WithHint("add it without NOT NULL, fill it with UPDATE, then ALTER COLUMN … SET NOT NULL")
	}
	added, err := x.schema(ctx, []sqlast.ColumnDefinition{a.Add})
	if err != nil {
		return err
	}
	wanted := lake.Schema{Fields: append(slices.Clone(r.table.Schema().Fields), added.Fields...)}
	return x.reshape(ctx, r, x.o.Lake.AssignIDs(r.table, wanted))
}

// rebuild writes a table again with a column that is gone, has another type or
// takes no NULL.
func (x *execution) rebuild(ctx context.Context, r *relation, a *sqlast.Alter, at int) error {
	schema := r.table.Schema()
	fields := slices.Clone(schema.Fields)
	switch a.Do {
	case sqlast.DropColumn:
		if len(fields) == 1 {
			return x.problem("sql", a.Column.Start, "%s has no other column", r.name)
		}
		fields = slices.Delete(fields, at, at+1)
	case sqlast.SetType:
		to, err := x.schema(ctx, []sqlast.ColumnDefinition{{Name: a.Column, Type: a.Type}})
		if err != nil {
			return err
		}
		fields[at].Type = to.Fields[0].Type
	case sqlast.SetNotNull:
		fields[at].Required = true
	}
	text := x.text().Add("SELECT ")
	for i, f := range fields {
		if i > 0 {
			text.Add(", ")
		}
		if a.Do == sqlast.SetType && i == at && !a.Using.IsZero() {
			text.Add("(").Part(a.Using).Add("\n)")
			continue
		}
		text.Add(ident.Quote(f.Name))
	}
	text.Add(" FROM ").Part(a.Name.Span)
	return x.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		result, err := x.o.Gate.Select(ctx, x.st.Of(text), func(inner string, cols []engine.Column) (string, error) {
			list, err := x.list(r.name, fields, strings.Split(numbered(len(cols)), ", "), "")
			return "SELECT " + list + " FROM (" + inner + ") AS r(" + numbered(len(cols)) + ")", err
		})
		if err != nil {
			return nil, err
		}
		defer result.Release()
		partition := slices.DeleteFunc(r.table.Partition(), func(p lake.PartitionField) bool {
			return a.Do == sqlast.DropColumn && ident.Fold(p.Column) == ident.Fold(a.Column.Last())
		})
		return x.o.Writer.Write(ctx, write.Request{Stage: stage, Base: r.base, Onto: r.candidate(), Op: lake.Replace, Rows: result,
			Schema: lake.Schema{Fields: fields}, Partition: partition, Summary: x.o.Summary})
	})
}

// rename gives what a name means another name.
func (x *execution) rename(ctx context.Context, r *relation, a *sqlast.Alter) error {
	to := x.o.Gate.Name(a.To)
	if len(a.To.Parts) == 1 || r.temp {
		to.Namespace = r.name.Namespace
	}
	// Another name can mean less protection: it is for those alone who may read
	// what is renamed.
	for _, do := range []policy.Action{policy.Select, policy.Drop} {
		if err := x.o.Gate.Allow(x.st, do, r.name, a.Name.Start); err != nil && !r.temp {
			return err
		}
	}
	if err := x.o.Gate.Allow(x.st, policy.Create, to, a.To.Start); err != nil && !r.temp {
		return err
	}
	there, err := x.touch(ctx, to)
	if err != nil {
		return err
	}
	if there.table != nil {
		return x.problem("exists", a.To.Start, "the %s %s exists already", kindWords[there.table.Kind()], there.name)
	}
	published := there.published
	if r.temp {
		published = nil
	}
	before := *r
	if r.stage != nil {
		err = x.moveStage(ctx, r, to, published)
	} else {
		err = x.moveTable(ctx, r, to, published)
	}
	if err != nil {
		return err
	}
	if there.over != "" {
		x.mu.Lock()
		x.givenUp = append(x.givenUp, lake.Drop{Name: to, Over: there.over})
		x.mu.Unlock()
	}
	before.stage, before.over, before.below = nil, "", nil // they have moved
	x.forget(&before)
	return nil
}

// moveStage renames a candidate.
func (x *execution) moveStage(ctx context.Context, r *relation, to ident.Table, published *lake.Table) error {
	if err := r.stage.Rename(ctx, to, published); err != nil {
		return err
	}
	t, err := x.o.Lake.LoadAt(ctx, to, r.table.Kind(), r.table.Location())
	if err != nil {
		return err
	}
	x.put(&relation{name: to, table: t, stage: r.stage, base: r.base, published: published, onto: r.onto, over: r.over, below: r.below, temp: r.temp, atCommit: r.atCommit})
	return nil
}

// moveTable makes a candidate of what is published under another name, over the
// same files.
func (x *execution) moveTable(ctx context.Context, r *relation, to ident.Table, published *lake.Table) error {
	next := &relation{name: to, table: r.table, base: r.base, published: published, onto: r.onto, over: r.over, below: r.below, temp: r.temp, atCommit: r.atCommit}
	return x.build(ctx, next, func(stage *lake.Stage) (*lake.Candidate, error) {
		if r.table.Kind() == lake.ViewEntry {
			return stage.BuildView(ctx, lake.ViewChange{Base: r.base, SQL: r.table.ViewSQL(), Schema: r.table.Schema(), OfProject: r.table.OfProject()})
		}
		return stage.Build(ctx, lake.Change{Base: r.base, Onto: r.onto, Op: lake.Append, Schema: r.table.Schema(), Summary: x.o.Summary})
	})
}

// comment sets the description of a table, a view or a column.
func (x *execution) comment(ctx context.Context, c *sqlast.Comment) error {
	name := c.Name
	if c.Kind == "COLUMN" {
		if len(name.Parts) < 2 {
			return x.problem("syntax", name.Start, "the column's table is missing")
		}
		name.Parts = name.Parts[:len(name.Parts)-1]
	}
	r, err := x.existing(ctx, policy.Alter, name)
	if err != nil {
		return err
	}
	if r.table == nil {
		return x.unknown(ctx, name)
	}
	schema := r.table.Schema()
	properties := map[string]string{"comment": c.Text}
	if c.Kind == "COLUMN" {
		at, err := x.column(r, c.Name)
		if err != nil {
			return err
		}
		schema.Fields, properties = slices.Clone(schema.Fields), nil
		schema.Fields[at].Doc = c.Text
	} else if !strings.EqualFold(kindWords[r.table.Kind()], c.Kind) {
		return x.problem("not-a-"+strings.ToLower(c.Kind), name.Start, "%s is a %s", r.name, kindWords[r.table.Kind()])
	}
	if err := x.confirm(ctx, r); err != nil {
		return err
	}
	return x.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		if r.table.Kind() == lake.ViewEntry {
			if properties == nil {
				properties = r.table.Properties()
			}
			return stage.BuildView(ctx, lake.ViewChange{Base: r.base, SQL: r.table.ViewSQL(), Schema: schema, Properties: properties, OfProject: r.table.OfProject()})
		}
		return stage.Build(ctx, lake.Change{Base: r.base, Onto: r.candidate(), Op: lake.Append, Schema: schema, Properties: properties, Summary: x.o.Summary})
	})
}
