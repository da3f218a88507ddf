package record

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// misfit is a value that does not fit where it belongs.
type misfit struct {
	violation connector.Violation
	// node is the value.
	node int32
	// widens says that the column can become what holds it.
	widens bool
	// keeps says that the row can do without the value.
	keeps bool
}

// misfit notes that the value at index i does not fit its target.
func (l *loader) misfit(t *target, i int32) {
	m := misfit{node: i, keeps: true}
	switch t.origin {
	case connector.Inferred:
		m.widens = true
	case connector.Existing:
		if l.layout.Evolve {
			_, m.widens = evolved(t.typ, &l.nodes[i])
		}
	}
	m.violation = connector.Violation{Column: t.path, Rule: connector.RuleType, Reason: l.reason(t, i)}
	l.misfits = append(l.misfits, m)
}

func (l *loader) reason(t *target, i int32) string {
	column := connector.Column{Name: t.path, Type: t.typ, Origin: t.origin}
	return textvalue.Reason(column, textOf(l.nodes, l.names, l.scratch, i))
}

// unknown notes that no target is there for the field at index i.
func (l *loader) unknown(parent *target, i int32) {
	n := &l.nodes[i]
	name := l.names.of(n.Name).text
	switch {
	case parent == nil:
		// A new column; names that cannot be columns' are found out below.
		l.newColumn = true
	case n.Kind == Null:
	case parent.origin != connector.Declared && parent.shape.gains() && goodName(name):
		l.misfits = append(l.misfits, misfit{node: i, widens: true})
	case parent.origin == connector.Inferred:
		l.misfits = append(l.misfits, misfit{node: i, widens: true})
	default:
		l.misfits = append(l.misfits, misfit{node: i, keeps: true, violation: connector.Violation{
			Column: parent.path, Rule: connector.RuleType,
			Reason: fmt.Sprintf("%s does not have the field %s", parent.typ, shortName(name)),
		}})
	}
}

// twice notes that an object has a field again, or one whose name differs only
// by case.
func (l *loader) twice(parent *target, i int32) {
	name := l.names.of(l.nodes[i].Name).text
	if parent == nil {
		l.newColumn = true
		return
	}
	l.misfits = append(l.misfits, misfit{node: i, keeps: true, widens: parent.origin == connector.Inferred, violation: connector.Violation{
		Column: parent.path, Rule: connector.RuleDuplicate,
		Reason: "the field " + shortName(name) + " is there twice; names that differ only by case are one field",
	}})
}

// badKey notes that a map's key does not fit: the record is rejected.
func (l *loader) badKey(t *target, i int32, key []byte) {
	column := connector.Column{Name: t.key.path, Type: t.key.typ, Origin: t.origin}
	l.misfits = append(l.misfits, misfit{node: i, violation: connector.Violation{
		Column: t.path, Rule: connector.RuleType, Reason: textvalue.Reason(column, key),
	}})
}

func shortName(name string) string {
	if len(name) > textvalue.LongestShown {
		return fmt.Sprintf("%q…", name[:textvalue.LongestShown])
	}
	return fmt.Sprintf("%q", name)
}
