package policy_test

import (
	"fmt"
	"strings"
	"testing"

	. "github.com/tarn-lake/tarn/internal/policy"
)

// manyPolicies are 1,000: of teams, by tags, by names, and about single tables.
func manyPolicies() string {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "permit(principal in Group::\"team_%d\", action, resource in Namespace::\"team_%[1]d\");\n", i)
		fmt.Fprintf(&b, "permit(principal in Role::\"reads_%d\", action == Action::\"select\", resource in Namespace::\"team_%[1]d\");\n", i)
	}
	for i := range 20 {
		fmt.Fprintf(&b, "forbid(principal, action, resource) when { resource.tags.contains(\"pii_%d\") } unless { principal in Group::\"privacy_%[1]d\" };\n", i)
	}
	for i := range 780 {
		fmt.Fprintf(&b, "permit(principal == User::\"user_%d\", action == Action::\"select\", resource == Table::\"team_%d.table_%d\");\n", i%60, i%100, i)
	}
	return b.String()
}

// BenchmarkSees looks at 10,000 tables: a member of a team sees some of them, a
// reader nearly all.
func BenchmarkSees(b *testing.B) {
	s := compile(b, manyPolicies())
	var tables []Resource
	for i := range 10_000 {
		tags := []string{"gold", fmt.Sprintf("pii_%d", i%20)}
		tables = append(tables, table(fmt.Sprintf("team_%d.table_%d", i%100, i), tags[:i%7/6*2]...))
	}
	for name, who := range map[string]Who{"member": inGroup(user("user_3", "reads_4"), "team_3"), "reader": user("user_4", Reader)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				seen, v := 0, s.Viewer(who)
				for _, t := range tables {
					if v.Sees(t) {
						seen++
					}
				}
				if seen == 0 || seen == len(tables) {
					b.Fatalf("%d are seen", seen)
				}
			}
		})
	}
}
