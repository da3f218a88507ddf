//go:build dbtprojects

package dbtprojects

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// verdict is what came of a project.
type verdict struct {
	project            string
	nodes, sameNodes   int // results of nodes that are no tests, and those with the same status
	tests, sameTests   int
	relations, equal   int
	volatile           int // columns that dbt makes differently each time
	dbt, tarn          time.Duration
	differences, notes []string
}

// isTest tells whether a result is of a test.
func isTest(key string) bool {
	_, id, _ := strings.Cut(key[2:], " ")
	return strings.HasPrefix(id, "test.") || strings.HasPrefix(id, "unit_test.")
}

// compareNodes compares the status of every node and test of every step.
func (v *verdict) compareNodes(first, second, ours built) {
	for _, step := range slices.Sorted(maps.Keys(ours.Said)) {
		// Some commands leave none, such as deps.
		if _, neither := first.Said[step]; !neither {
			v.differences = append(v.differences, "Tarn left no results of "+step+": "+ours.Said[step])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(first.Statuses)) {
		want := first.Statuses[key]
		if second.Statuses[key] != want {
			v.notes = append(v.notes, fmt.Sprintf("%s: dbt itself says %s, then %s", key, want, second.Statuses[key]))
			continue
		}
		all, same := &v.nodes, &v.sameNodes
		if isTest(key) {
			all, same = &v.tests, &v.sameTests
		}
		*all++
		have, there := ours.Statuses[key]
		switch {
		case have == want:
			*same++
		case !there && len(ours.Statuses) > 0:
			v.differences = append(v.differences, fmt.Sprintf("%s: %s under dbt, not there under Tarn", key, want))
		case there:
			v.differences = append(v.differences, fmt.Sprintf("%s: %s under dbt, %s under Tarn", key, want, have))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(ours.Statuses)) {
		if _, there := first.Statuses[key]; !there {
			v.differences = append(v.differences, fmt.Sprintf("%s: not there under dbt, %s under Tarn", key, ours.Statuses[key]))
		}
	}
}

// compareRelations judges the comparisons of tables and views.
func (v *verdict) compareRelations(all []comparison) {
	for _, c := range all {
		v.relations++
		v.volatile += len(c.Volatile)
		if len(c.Volatile) > 0 {
			v.notes = append(v.notes, c.Relation+": dbt makes these columns differently each time: "+strings.Join(c.Volatile, ", "))
		}
		if d := c.difference(); d != "" {
			v.differences = append(v.differences, c.Relation+": "+d)
			continue
		}
		v.equal++
	}
}

// difference says how a relation differs, if it does.
func (c comparison) difference() string {
	var out []string
	if c.Missing != "" {
		out = append(out, "Tarn has no rows: "+c.Missing)
	}
	if c.Columns != "" {
		out = append(out, "columns "+c.Columns)
	}
	if len(c.Types) > 0 {
		out = append(out, "types "+strings.Join(c.Types, "; "))
	}
	if c.Missing == "" && c.Rows != c.TarnRows {
		out = append(out, fmt.Sprintf("%d rows, in Tarn %d", c.Rows, c.TarnRows))
	}
	if len(c.OnlyDBT) > 0 {
		out = append(out, fmt.Sprintf("only dbt has %q", c.OnlyDBT[0]))
	}
	if len(c.OnlyTarn) > 0 {
		out = append(out, fmt.Sprintf("only Tarn has %q", c.OnlyTarn[0]))
	}
	return strings.Join(out, ", ")
}
