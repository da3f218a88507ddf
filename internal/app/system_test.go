package app

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryColumnOfTheSystemTablesIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/system-tables.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][]string{}
	column := regexp.MustCompile("^\\| `([a-z_]+)` \\| \\S")
	table := ""
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "## system."); ok {
			table = strings.TrimSpace(name)
		}
		if match := column.FindStringSubmatch(line); match != nil {
			documented[table] = append(documented[table], match[1])
		}
	}
	there := map[string][]string{}
	for _, s := range systemList {
		for _, c := range s.columns {
			there[s.name] = append(there[s.name], c.Name)
		}
	}
	if diff := cmp.Diff(there, documented); diff != "" {
		t.Error(diff)
	}
}
