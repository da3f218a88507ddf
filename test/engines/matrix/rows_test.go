//go:build engines

package matrix

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// operation is something that every engine is asked to do, in a table of its
// own, with the rows that the table has then.
type operation struct {
	name string
	rows string
}

// operations reads testdata/rows.txt.
func operations(t *testing.T) []operation {
	t.Helper()
	content, err := os.ReadFile("testdata/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	var all []operation
	heads := regexp.MustCompile(`(?m)^== (\w+)\n`).FindAllStringSubmatchIndex(text, -1)
	for i, head := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		all = append(all, operation{name: text[head[2]:head[3]], rows: strings.TrimSpace(text[head[1]:end]) + "\n"})
	}
	if len(all) == 0 {
		t.Fatal("testdata/rows.txt has no operations")
	}
	return all
}

// sections reads a plan: statements by the name of the operation.
func sections(t *testing.T, plan string) map[string][]string {
	t.Helper()
	content, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for section := range strings.SplitSeq("\n"+string(content), "\n-- ") {
		name, body, _ := strings.Cut(section, "\n")
		for statement := range strings.SplitSeq(body+"\n", ";\n") {
			if strings.TrimSpace(statement) != "" {
				found[name] = append(found[name], statement)
			}
		}
	}
	return found
}
