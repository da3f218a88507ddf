//go:build dbtprojects

package dbtprojects

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mark is where the figures begin in docs/dbt-projects.md.
const mark = "## Figures\n"

// figures are the verdicts as a Markdown table.
func figures(all []verdict) string {
	var b strings.Builder
	b.WriteString("| project | tables and views | equal | seeds, models … | same status | tests | same status | columns not steady in dbt | dbt | Tarn | ratio |\n")
	b.WriteString("|" + strings.Repeat("---|", 11) + "\n")
	for _, v := range all {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %.1f s | %.1f s | %.1f |\n", v.project,
			v.relations, v.equal, v.nodes, v.sameNodes, v.tests, v.sameTests, v.volatile,
			v.dbt.Seconds(), v.tarn.Seconds(), v.dbt.Seconds()/v.tarn.Seconds())
	}
	return b.String()
}

// writeFigures puts the table in the documentation, with every difference.
func writeFigures(all []verdict) error {
	page := filepath.Join("..", "..", "..", "docs", "dbt-projects.md")
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	head, _, found := strings.Cut(string(text), mark)
	if !found {
		return fmt.Errorf("%s has no line %q", page, strings.TrimSpace(mark))
	}
	var differences strings.Builder
	for _, v := range all {
		for _, d := range v.differences {
			first, _, _ := strings.Cut(d, "\n")
			fmt.Fprintf(&differences, "- %s: %s\n", v.project, first)
		}
	}
	out := head + mark + "\n" + figures(all)
	if differences.Len() > 0 {
		out += "\nWhat differs:\n\n" + differences.String()
	}
	return os.WriteFile(page, []byte(out), 0o644)
}
