package dbt

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// stored are the types that Iceberg has in place of those of queries.
var stored = map[string]string{
	"TINYINT": "INTEGER", "SMALLINT": "INTEGER", "UTINYINT": "INTEGER", "USMALLINT": "INTEGER",
	"UINTEGER": "BIGINT", "UBIGINT": "DECIMAL(20,0)", "HUGEINT": "DECIMAL(38,0)", "UHUGEINT": "DECIMAL(38,0)",
	"JSON": "VARCHAR",
}

// lines are the columns and rows of a relation as the run sees it, in the form
// of the answers.
func lines(t *testing.T, folder, run string, r expectedRelation) []string {
	t.Helper()
	var columns []struct {
		Name string `json:"column_name"`
		Type string `json:"column_type"`
	}
	relation := quote(strings.SplitN(r.name, ".", 2)...)
	if said := ask(t, &columns, folder, run, "describe from "+relation); said != "" {
		return []string{said}
	}
	var head, texts []string
	for _, c := range columns {
		if s, is := stored[c.Type]; is {
			c.Type = s
		}
		head = append(head, c.Name+" "+c.Type)
		text := quote(c.Name) + "::varchar"
		if r.unsteady[c.Name] {
			text = "if(" + quote(c.Name) + " is null, null, '?')"
		}
		texts = append(texts, text)
	}
	var rows []struct {
		Texts []*string `json:"texts"`
	}
	if said := ask(t, &rows, folder, run, "select ["+strings.Join(texts, ", ")+"] as texts from "+relation); said != "" {
		return []string{said}
	}
	out := make([]string, 0, len(rows))
	for _, row := range rows {
		fields := make([]string, len(row.Texts))
		for i, text := range row.Texts {
			fields[i] = escaped(text)
		}
		out = append(out, strings.Join(fields, "\t"))
	}
	slices.Sort(out)
	return append([]string{strings.Join(head, "\t")}, out...)
}

// escaped is a text as the answers have it.
func escaped(text *string) string {
	if text == nil {
		return `\N`
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`).Replace(*text)
}

// ask runs a query that answers with JSON. It returns what was said if there is
// no answer.
func ask(t *testing.T, into any, folder, run, sql string) string {
	t.Helper()
	out, said := program(t, folder, "query", "--output", "json", "--run", run, sql)
	if said != "" {
		return said
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("%s: %v\n%s", sql, err, out)
	}
	return ""
}

// newestRun is the run whose tables are compared: what it held has rows too.
func newestRun(t *testing.T, folder string) string {
	t.Helper()
	out, said := program(t, folder, "runs", "--limit", "1", "--output", "json")
	var runs []struct {
		ID string `json:"run_id"`
	}
	if said != "" || json.Unmarshal(out, &runs) != nil || len(runs) == 0 {
		t.Fatalf("there is no run: %s", said)
	}
	return runs[0].ID
}

// program runs the program and returns its stdout, or what it says where it
// does not succeed.
func program(t *testing.T, folder string, args ...string) (out []byte, said string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, append(os.Environ(), asProgram+"=1", "NO_COLOR=1"), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, strings.TrimSpace(err.Error() + "\n" + stderr.String())
	}
	return stdout.Bytes(), ""
}

func quote(names ...string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
	}
	return strings.Join(quoted, ".")
}
