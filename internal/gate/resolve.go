package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// maxViews bounds how deep views may stand on views.
const maxViews = 32

// visitor decides about the parts of one text.
func (p *passage) visitor(ctx context.Context) sqlast.Visitor {
	v := sqlast.Visitor{
		Table:     func(ref sqlast.TableRef) (sqlast.Node, error) { return p.table(ctx, ref) },
		Function:  p.function,
		Show:      func(verb string, of []string) (sqlast.Node, error) { return p.lists(ctx, verb, of) },
		Parameter: p.parameter,
	}
	if p.st.Dialect != nil {
		v.Relation = p.relation
		v.Numbers = func(parts []string, column string, conditions []sqlast.Condition) ([]uint32, bool) {
			return p.numbers(ctx, parts, column, conditions)
		}
	}
	return v
}

// table resolves a name, decides, and returns the query that takes its place.
func (p *passage) table(ctx context.Context, ref sqlast.TableRef) (sqlast.Node, error) {
	name := p.g.tableName(ref.Parts)
	if node, err := p.dialectView(ctx, name, ref); node != nil || err != nil {
		return node, err
	}
	name = p.nearest(ctx, name, ref)
	switch ident.Fold(name.Namespace) {
	case SystemNamespace:
		return p.system(ctx, name, ref)
	case InformationNamespace:
		return p.information(ctx, name, ref)
	}
	refusal, sees := p.decide(name)
	if !sees { // nothing about it is looked at
		return nil, p.unknownTable(ctx, name, ref)
	}
	begun := time.Now()
	t, err := p.means(ctx, name, ref)
	since(&p.spent.Resolve, begun)
	switch {
	case errors.Is(err, lake.ErrNotFound):
		return nil, p.unknownTable(ctx, name, ref)
	case err != nil:
		return nil, fmt.Errorf("resolve %s: %w", name, err)
	case refusal != "":
		return nil, denied(p.problem("denied", ref.Location, "%s", refusal))
	}
	begun = time.Now()
	p.oversees(own(p.st.Scope, name) || p.reader().selects(name))
	hides := p.hides(name)
	since(&p.spent.Decide, begun)
	if p.rights.who.Principal == p.st.Who.Principal && !own(p.st.Scope, name) {
		p.asked = append(p.asked, name)
	}
	if !slices.Contains(p.tables, t.Name()) {
		p.tables = append(p.tables, t.Name())
	}
	if t.Kind() == lake.ViewEntry {
		if p.isTarget(ref) {
			return nil, p.problem("not-a-table", ref.Location, "%s is a view, and the rows of a view cannot be changed", name).
				WithHint("change the tables that it reads")
		}
		return p.view(ctx, t, ref)
	}
	at, err := p.at(ref)
	if err != nil {
		return nil, err
	}
	begun = time.Now()
	relation, err := p.plan(ctx, t, at, ref)
	since(&p.spent.Files, begun)
	if err != nil {
		return nil, p.atReference(err, ref)
	}
	p.read = append(p.read, reading{t.Name(), relation, hides})
	return p.placeholder(relation.SQL), nil
}

// nearest is the table of that name that is nearest to where the text stands.
func (p *passage) nearest(ctx context.Context, name ident.Table, ref sqlast.TableRef) ident.Table {
	switch {
	case len(p.views) == 0 && !p.inDialect:
		return p.g.Meant(ctx, p.st, ref.Parts)
	case len(p.views) > 0 && len(ref.Parts) == 1 && own(p.st.Scope, p.views[len(p.views)-1]):
		if mine, found := temporary(p.st.Scope, name.Name); found {
			return mine // what a temporary view reads
		}
	}
	return name
}

// means is what a name means where a reference to it stands.
func (p *passage) means(ctx context.Context, name ident.Table, ref sqlast.TableRef) (*lake.Table, error) {
	if k := p.st.Kept; k != nil && len(p.views) == 0 && ref.Location == k.Offset {
		return k.Rows, nil
	}
	return p.st.Scope.Table(ctx, name)
}

// decide answers whether the text may read a table, "" where it may, and whether
// it may know of it.
func (p *passage) decide(name ident.Table) (refusal string, sees bool) {
	defer since(&p.spent.Decide, time.Now())
	if own(p.st.Scope, name) {
		return "", true
	}
	refusal = p.rights.refusal(policy.Select, name)
	return refusal, refusal == "" || p.rights.sees(name)
}

// own reports whether a name means a table that only who asks has: about those
// there are no policies.
func own(scope Scope, name ident.Table) bool {
	s, has := scope.(interface{ Temporary(ident.Table) bool })
	return has && s.Temporary(name)
}

// temporary is the table of that name that only who asks has; false is none.
func temporary(scope Scope, name string) (ident.Table, bool) {
	t := ident.Table{Namespace: TempNamespace, Name: name}
	return t, own(scope, t)
}

// isTemporary is own for many tables: of other namespaces no scope is asked.
func isTemporary(scope Scope, t ident.Table) bool {
	return ident.Fold(t.Namespace) == TempNamespace && own(scope, t)
}

// plan plans a table, with the positions of its rows where it is the one that
// the statement changes.
func (p *passage) plan(ctx context.Context, t *lake.Table, at lake.At, ref sqlast.TableRef) (scan.Relation, error) {
	if !p.isTarget(ref) {
		return plan(ctx, t, at, ref.Conditions)
	}
	if !own(p.st.Scope, t.Name()) {
		if refusal := p.rights.refusal(p.st.Target.Do, t.Name()); refusal != "" {
			return scan.Relation{}, denied(p.problem("denied", ref.Location, "%s", refusal))
		}
	}
	files, err := t.Files(ctx, lake.At{}, predicates(t.Schema(), ref.Conditions))
	if err != nil {
		return scan.Relation{}, err
	}
	relation, err := scan.PlanRows(ctx, t, files)
	relation.SQL = fmt.Sprintf("(SELECT * RENAME (%s AS %s, %s AS %s) FROM %s)",
		scan.PathColumn, ident.Quote(p.st.Target.Path), scan.RowColumn, ident.Quote(p.st.Target.Row), relation.SQL)
	return relation, err
}

// isTarget reports whether a reference is the one to the table that the
// statement changes.
func (p *passage) isTarget(ref sqlast.TableRef) bool {
	return p.st.Target != nil && len(p.views) == 0 && ref.Location == p.st.Target.Offset
}

func plan(ctx context.Context, t *lake.Table, at lake.At, conditions []sqlast.Condition) (scan.Relation, error) {
	schema, err := scan.SchemaAt(t, at)
	if err != nil {
		return scan.Relation{}, err
	}
	return scan.Plan(ctx, t, at, predicates(schema, conditions))
}

// tableName reads the parts of a name: everything before the last is the
// namespace, but for the catalog, which may stand before it.
func (g *Gate) tableName(parts []string) ident.Table {
	if len(parts) == 3 && g.IsCatalog(parts[0]) {
		parts = parts[1:]
	}
	last := len(parts) - 1
	t := ident.Table{Namespace: strings.Join(parts[:last], "."), Name: parts[last]}
	if last == 0 {
		t.Namespace = ident.DefaultNamespace
	}
	return t
}

func (p *passage) system(ctx context.Context, name ident.Table, ref sqlast.TableRef) (sqlast.Node, error) {
	use := ref.Use()
	p.oversees(p.reader().all())
	t, err := p.st.Scope.System(ctx, ident.Fold(name.Name), Wanted{conditions: ref.Conditions, use: &use, rights: &p.rights})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case t == nil:
		return nil, p.unknownTable(ctx, name, ref)
	case ref.At != nil:
		return nil, p.problem("no-snapshot", ref.Location, "%s has no snapshots", name).WithHint("read it without AT")
	}
	if most, known := use.Most(); known {
		*t = t.First(most)
	}
	rows, err := p.rows(ctx, *t)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return p.placeholder("(SELECT * FROM " + rows + ")"), nil
}

// view returns a view's own statement, gated in the same scope.
func (p *passage) view(ctx context.Context, t *lake.Table, ref sqlast.TableRef) (sqlast.Node, error) {
	name := t.Name()
	switch {
	case ref.At != nil:
		return nil, p.problem("no-snapshot", ref.Location, "%s is a view and has no snapshots", name).
			WithHint("use --as-of, which reads all tables as they were")
	case slices.Contains(p.views, name):
		return nil, p.problem("view-cycle", ref.Location, "%s reads itself: %s", name, path(append(slices.Clone(p.views), name)))
	case t.ViewSQL() == "":
		return nil, p.problem("foreign-view", ref.Location, "%s has no statement in this engine's SQL", name).
			WithHint("another engine made the view; make a model of it")
	}
	if t.OfProject() {
		return p.expandForProject(ctx, name, t.ViewSQL(), ref)
	}
	// What somebody made reads as who asks, wherever it is read: to make a view
	// lets nobody read more.
	before := p.rights
	p.rights = p.reader()
	defer func() { p.rights = before }()
	return p.expand(ctx, name, t.ViewSQL(), ref)
}

// expand returns a statement that stands behind a name, gated in the same scope.
func (p *passage) expand(ctx context.Context, name ident.Table, sql string, ref sqlast.TableRef) (sqlast.Node, error) {
	if len(p.views) == maxViews {
		return nil, p.problem("view-depth", ref.Location, "views stand on views %d deep: %s", maxViews, path(p.views))
	}
	p.views = append(p.views, name)
	defer func() { p.views = p.views[:len(p.views)-1] }()
	tree, err := p.parse(ctx, sql)
	if err != nil {
		return nil, p.atReference(err, ref)
	}
	node := tree.Query(0)
	if err := sqlast.Rewrite(node, p.visitor(ctx)); err != nil {
		return nil, p.atReference(p.asProblem(err), ref)
	}
	sqlast.Relocate(node, ref.Location)
	return node, nil
}

func path(names []ident.Table) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = n.String()
	}
	return strings.Join(list, " → ")
}

// atReference moves a problem to where the table or view is named.
func (p *passage) atReference(err error, ref sqlast.TableRef) error {
	var problem *diag.Problem
	if !errors.As(err, &problem) {
		return fmt.Errorf("read %s: %w", strings.Join(ref.Parts, "."), err)
	}
	moved := *problem
	moved.Place, moved.Calls = p.st.origin(ref.Location)
	if len(p.views) > 0 && !strings.HasPrefix(moved.Message, "in the view ") {
		moved.Message = "in the view " + p.views[len(p.views)-1].String() + ": " + moved.Message
	}
	return &moved
}

// unknownTable says that there is no such table, and what was meant.
func (p *passage) unknownTable(ctx context.Context, name ident.Table, ref sqlast.TableRef) error {
	written := strings.Join(ref.Parts, ".")
	if looksLikeFile(ref.Name()) {
		return p.problem("file-in-from", ref.Location, "%s is a file, and statements read tables", written).
			WithHint("declare it in ingest/*.yml and select from the table that it becomes")
	}
	problem := p.problem("unknown-table", ref.Location, "there is no table %s", name)
	known := p.rights.names(ctx, p.st.Scope)
	var elsewhere, names []string
	for _, k := range known {
		if len(ref.Parts) == 1 && ident.Fold(k.Name) == ident.Fold(name.Name) {
			elsewhere = append(elsewhere, k.String())
		}
		names = append(names, k.String())
		if k.Namespace == ident.DefaultNamespace && len(ref.Parts) == 1 {
			names = append(names, k.Name)
		}
	}
	if len(elsewhere) > 0 {
		return problem.WithHint("did you mean %s?", strings.Join(elsewhere, " or "))
	}
	return p.nearHint(problem, written, names)
}

func (p *passage) nearHint(problem *diag.Problem, wanted string, known []string) *diag.Problem {
	slices.Sort(known)
	if near := ident.Near(wanted, known); len(near) > 0 {
		return problem.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return problem
}

var fileEndings = []string{
	".csv", ".tsv", ".txt", ".parquet", ".json", ".jsonl", ".ndjson", ".gz", ".zst", ".bz2", ".xlsx", ".avro", ".arrow",
	".db", ".duckdb", ".sqlite", ".log",
}

func looksLikeFile(name string) bool {
	name = strings.ToLower(name)
	return strings.ContainsAny(name, `/\*`) || slices.ContainsFunc(fileEndings, func(e string) bool { return strings.HasSuffix(name, e) })
}
