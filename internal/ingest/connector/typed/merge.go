package typed

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Fields are those of one input. A field of kind [Unknown] has no values.
type Fields struct {
	Input  string
	Fields []connector.Field
}

// Inputs are several; a layout's detail that has them is [Known].
type Inputs []Fields

// Fields are those of an input; nil where it is not known.
func (all Inputs) Fields(input string) []connector.Field {
	for _, one := range all {
		if one.Input == input {
			return one.Fields
		}
	}
	return nil
}

// Unknown is the kind of fields that are NULL in every record, so that nobody
// knows their type.
const Unknown = ^connector.Kind(0)

// Unfit is the kind of what stands in the place of a value and is none, such as
// an error in a sheet: it fits no column. Bytes say what it is.
const Unfit = Unknown - 1

// Merge returns the layout of all inputs: columns come together by name, those
// of the table first, then new ones as they appear.
func Merge(inputs Inputs, req connector.Request, detail any, problems *diag.Problems) *connector.Layout {
	m := &merger{layout: connector.NewLayout(req, detail), index: map[string]int{}, from: map[int]string{}, declared: map[string]bool{}, problems: problems}
	for name := range req.Declared {
		m.declared[ident.Fold(name)] = true
	}
	for i, c := range m.layout.Columns {
		m.index[ident.Fold(c.Name)] = i
	}
	for _, input := range inputs {
		checkNames(input, problems)
		for _, f := range input.Fields {
			m.add(input.Input, f)
		}
	}
	m.layout.Declare(req, problems)
	return m.layout
}

// merger makes the columns.
type merger struct {
	layout   *connector.Layout
	index    map[string]int
	declared map[string]bool
	// from is the input that first had a new column.
	from     map[int]string
	problems *diag.Problems
}

// add brings a field of an input together with the columns that there are.
func (m *merger) add(input string, f connector.Field) {
	folded := ident.Fold(f.Name)
	i, ok := m.index[folded]
	if !ok {
		i = len(m.layout.Columns)
		m.index[folded], m.from[i] = i, input
		m.layout.Columns = append(m.layout.Columns, connector.Column{Name: f.Name, Origin: connector.Unseen})
	}
	c := &m.layout.Columns[i]
	switch {
	case f.Type.Kind == Unknown:
	case c.Origin == connector.Unseen:
		c.Type, c.Origin = f.Type, connector.Inferred
	case c.Origin == connector.Existing:
		if joined, ok := Join(c.Type, f.Type); m.layout.Evolve && !m.declared[folded] && ok && c.Type.WidensTo(joined) {
			c.Type = joined
		}
	default:
		joined, ok := Join(c.Type, f.Type)
		if !ok && !m.declared[folded] {
			m.problems.Errorf("column-conflict", diag.Place{File: input}, "column %q is %s, but %s in %s", f.Name, f.Type, c.Type, m.from[i]).
				Hint = "declare its type under columns: (string holds everything), or load the files into two tables"
		}
		if ok {
			c.Type = joined
		}
	}
}

// checkNames refuses names that are equal but for case, and reserved ones.
func checkNames(input Fields, problems *diag.Problems) {
	first := map[string]string{}
	for _, f := range input.Fields {
		folded := ident.Fold(f.Name)
		if before, ok := first[folded]; ok {
			problems.Errorf("duplicate-column", diag.Place{File: input.Input}, "two columns are named %q and %q", before, f.Name).
				Hint = "rename one of them: names that differ only by case are the same"
		}
		first[folded] = f.Name
		if strings.HasPrefix(folded, connector.ReservedPrefix) {
			problems.Errorf("reserved-column", diag.Place{File: input.Input}, "the column name %q is reserved: %s is tarn's own prefix", f.Name, connector.ReservedPrefix).
				Hint = "rename it"
		}
	}
}
