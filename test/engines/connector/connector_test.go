//go:build engines

package connector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

func TestAConnectorInPython(t *testing.T) {
	python := lab.Python(t, "pyarrow==22.0.0\n")
	tarn := lab.Tarn(t)
	dir := filepath.Join(t.TempDir(), "desk")
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	script, err := os.ReadFile("tickets.py")
	if err != nil {
		t.Fatal(err)
	}
	write("dbt_project.yml", "name: desk\n")
	write("connectors/tickets.py", string(script))
	write("ingest/desk.yml", `source: desk
tables:
  tickets:
    from: command
    command: ["`+python+`", connectors/tickets.py]
    options: {folder: inbox}
    cursor: opened_at
    mode: append
`)
	write("inbox/1.jsonl", `{"id": 1, "subject": "Printer on fire", "labels": ["hardware", "urgent"], "opened_at_us": 1700000000000000}
{"id": 2, "subject": "Was: printer", "labels": [], "opened_at_us": 1700000060000000}
{"id": "three"}
`)
	build := func() string { return lab.Run(t, tarn, "build", "--project-dir", dir) }
	query := func(sql string) string {
		return strings.TrimSpace(lab.Run(t, tarn, "query", "--project-dir", dir, "-o", "csv", sql))
	}
	if out := build(); !strings.Contains(out, "3 read = 2 written + 1 quarantined") {
		t.Errorf("first load:\n%s", out)
	}
	write("inbox/2.jsonl", `{"id": 4, "subject": "Again", "labels": null, "opened_at_us": 1700000120000000}`+"\n")
	if out := build(); !strings.Contains(out, "1 read = 1 written") {
		t.Errorf("second load:\n%s", out)
	}
	if got, want := query("SELECT id, subject, labels, epoch_us(opened_at) AS us FROM desk.tickets ORDER BY id"),
		"id,subject,labels,us\n1,Printer on fire,\"[\"\"hardware\"\",\"\"urgent\"\"]\",1700000000000000\n2,Was: printer,[],1700000060000000\n4,Again,,1700000120000000"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := query("SELECT raw::varchar AS raw, violations[1].reason AS reason FROM desk.tickets__quarantine"); !strings.Contains(got, "ValueError: invalid literal for int()") {
		t.Error(got)
	}
}
