package lake

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
)

// fewFiles is up to how many data files of a state stay known: reading them
// again takes longer than all else that a statement costs before it runs.
const fewFiles = 16

// knownFiles are what planning all of a state's current snapshot gives.
type knownFiles struct {
	mu     sync.Mutex
	looked bool
	tasks  []table.FileScanTask // nil: not worth knowing
}

// few returns the files of the current snapshot, if they are few and nothing but
// files of rows: no partitions, none with rows that are gone.
func (t *Table) few(ctx context.Context, s *Snapshot) (tasks []table.FileScanTask, known bool, err error) {
	if current := t.meta.CurrentSnapshot(); t.files == nil || current == nil || s.ID != current.SnapshotID {
		return nil, false, nil
	}
	f := t.files
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.looked && t.saysFew(s) {
		all, err := t.scan(ctx, s, nil)
		if err != nil {
			return nil, false, err
		}
		if len(all) <= fewFiles && !slices.ContainsFunc(all, hasDeletes) {
			f.tasks = slices.Clip(append([]table.FileScanTask{}, all...))
		}
	}
	f.looked = true
	return f.tasks, f.tasks != nil, nil
}

// saysFew reports whether the snapshot says that it has few files, which nothing
// but their statistics tells apart.
func (t *Table) saysFew(s *Snapshot) bool {
	n, err := strconv.Atoi(s.Summary["total-data-files"])
	partitioned := func(spec iceberg.PartitionSpec) bool { return !spec.IsUnpartitioned() }
	return err == nil && n <= fewFiles && !slices.ContainsFunc(t.meta.PartitionSpecs(), partitioned)
}

func hasDeletes(task table.FileScanTask) bool {
	return len(task.DeleteFiles)+len(task.EqualityDeleteFiles)+len(task.DeletionVectorFiles) > 0
}

// matching are the files in which, by their statistics, rows may match all of
// the predicates.
func matching(tasks []table.FileScanTask, schema Schema, predicates []Predicate) []table.FileScanTask {
	return slices.DeleteFunc(slices.Clone(tasks), func(task table.FileScanTask) bool {
		return slices.ContainsFunc(predicates, func(p Predicate) bool {
			f, found := schema.Column(p.Column)
			return found && !f.Type.Nested() && !p.mayMatch(f, task.File)
		})
	})
}

// mayMatch is false only if no row of the file matches.
func (p Predicate) mayMatch(f Field, file iceberg.DataFile) bool {
	expr := p.expression(f)
	if expr == nil {
		return true
	}
	field := iceberg.NewSchema(0, toIcebergFields([]Field{f})...)
	if _, err := iceberg.BindExpr(field, expr, true); err != nil {
		return true
	}
	nulls, counted := file.NullValueCounts()[f.ID]
	values, known := file.ValueCounts()[f.ID]
	switch onlyNulls := counted && known && nulls == values; {
	case p.Op == "isnull":
		return !counted || nulls > 0
	case onlyNulls:
		return false
	case p.Op == "notnull":
		return true
	}
	literals, _ := p.literals(f.Type)
	b := fileBounds{field, f, file.LowerBoundValues()[f.ID], file.UpperBoundValues()[f.ID]}
	return slices.ContainsFunc(literals, func(l iceberg.Literal) bool { return b.mayBe(p.Op, l) })
}

// fileBounds are the least and the greatest value that a file has of a column,
// as far as it tells.
type fileBounds struct {
	schema       *iceberg.Schema
	field        Field
	lower, upper []byte
}

// mayBe reports whether a value within the bounds compares so with l.
func (b fileBounds) mayBe(op string, l iceberg.Literal) bool {
	switch op {
	case "<", "<=":
		return b.holds(b.lower, comparisons[op], l)
	case ">", ">=":
		return b.holds(b.upper, comparisons[op], l)
	default:
		return b.holds(b.lower, iceberg.OpLTEQ, l) && b.holds(b.upper, iceberg.OpGTEQ, l)
	}
}

// holds compares a bound; one that does not tell may be anything.
func (b fileBounds) holds(bound []byte, op iceberg.Operation, l iceberg.Literal) bool {
	switch b.field.Type.Kind {
	case UUID, Fixed, Binary: // their bounds have an order of their own
		return true
	}
	if bound == nil {
		return true
	}
	value, err := iceberg.LiteralFromBytes(b.schema.Field(0).Type, bound)
	if err != nil {
		return true
	}
	compare, err := iceberg.ExpressionEvaluator(b.schema, iceberg.LiteralPredicate(op, iceberg.Reference(b.field.Name), l), true)
	if err != nil {
		return true
	}
	holds, err := compare(oneValue{value.Any()})
	return holds || err != nil
}

// oneValue is a row of one column.
type oneValue struct{ v any }

// Size is 1.
func (oneValue) Size() int { return 1 }

// Get returns the value.
func (o oneValue) Get(int) any { return o.v }

// Set does nothing: nobody sets it.
func (oneValue) Set(int, any) {}
