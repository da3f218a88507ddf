//go:build dbtprojects

package dbtprojects

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// relation is a table or view as compare.py is told of it: a Parquet file with
// what Tarn built, or why there is none.
type relation struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
	File   string `json:"file,omitempty"`
	Error  string `json:"error,omitempty"`
}

// comparison is compare.py's verdict on a relation.
type comparison struct {
	Relation string     `json:"relation"`
	Missing  string     `json:"missing"`
	Columns  string     `json:"columns"`
	Types    []string   `json:"types"`
	Volatile []string   `json:"volatile"`
	Rows     int64      `json:"rows"`
	TarnRows int64      `json:"tarn_rows"`
	OnlyDBT  [][]string `json:"only_dbt"`
	OnlyTarn [][]string `json:"only_tarn"`
}

// compareRows compares what both made, row by row.
func compareRows(t *testing.T, python, tarn string, first, second, ours built) []comparison {
	t.Helper()
	if first.Rows == "" || second.Rows == "" {
		return nil
	}
	list, err := json.Marshal(ours.read(t, tarn, first.Names))
	if err != nil {
		t.Fatal(err)
	}
	file := ours.Folder + ".json"
	if err := os.WriteFile(file, list, 0o644); err != nil {
		t.Fatal(err)
	}
	var out []comparison
	decode(t, &out, python, "compare.py", "compare", first.Rows, second.Rows, file)
	return out
}

// read reads what Tarn made of dbt's relations, as its newest run sees them:
// what is held has rows too.
func (b built) read(t *testing.T, tarn string, names [][2]string) []relation {
	t.Helper()
	export := b.Folder + ".export"
	if err := os.Mkdir(export, 0o755); err != nil {
		t.Fatal(err)
	}
	run := b.newestRun(t, tarn)
	out := make([]relation, 0, len(names))
	for i, n := range names {
		r := relation{Schema: n[0], Name: n[1]}
		var errs bytes.Buffer
		cmd := exec.CommandContext(t.Context(), tarn, "query", "--output", "parquet", "--run", run, "from "+quote(n[0])+"."+quote(n[1]))
		cmd.Dir, cmd.Stderr = b.Folder, &errs
		content, err := cmd.Output()
		if err != nil {
			r.Error = strings.TrimSpace(errs.String())
			out = append(out, r)
			continue
		}
		r.File = filepath.Join(export, fmt.Sprintf("%d.parquet", i))
		if err := os.WriteFile(r.File, content, 0o644); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func (b built) newestRun(t *testing.T, tarn string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tarn, "runs", "--limit", "1", "--output", "json")
	cmd.Dir = b.Folder
	out, err := cmd.Output()
	var runs []struct {
		ID string `json:"run_id"`
	}
	if err != nil || json.Unmarshal(out, &runs) != nil || len(runs) == 0 {
		return "none"
	}
	return runs[0].ID
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// decode reads the JSON that a program writes.
func decode(t *testing.T, into any, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}
