//go:build engines

package formats

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// query returns what a query prints.
func query(t *testing.T, tarn, project, sql, output string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tarn, "query", "--project-dir", project, sql, "--output", output)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

// Every value of every type is in the table as its writer was given it, and
// what is no value is in quarantine.
func TestWritersValuesAreLoaded(t *testing.T) {
	requirements, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	tarn, python, project := lab.Tarn(t), lab.Python(t, string(requirements)), filepath.Join(t.TempDir(), "project")
	lab.Run(t, python, "formats.py", "make", project)
	lab.Run(t, tarn, "build", "--project-dir", project)
	out := filepath.Join(project, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	const tables = "SELECT table_name FROM system.tables WHERE kind = 'table' AND namespace = 'lab' AND table_name NOT LIKE '%quarantine'"
	for _, name := range strings.Fields(string(query(t, tarn, project, tables, "csv")))[1:] {
		content := query(t, tarn, project, `SELECT * FROM lab."`+name+`" ORDER BY _tarn_line`, "parquet")
		if err := os.WriteFile(filepath.Join(out, name+".parquet"), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Log(lab.Run(t, python, "formats.py", "compare", project))

	const rejected = "SELECT 'openpyxl' AS file, violations[1].reason AS reason FROM lab.openpyxl__quarantine" +
		" UNION ALL SELECT 'sqlite', violations[1].reason FROM lab.sqlite__quarantine" +
		" UNION ALL SELECT 'xlsxwriter', violations[1].reason FROM lab.xlsxwriter__quarantine ORDER BY 1"
	want := `file,reason
openpyxl,a formula without a stored value: that is no value
sqlite,"""much"" does not fit decimal(9,2), which the column is in the table; to keep such values declare it as string and load the table anew"
xlsxwriter,#DIV/0!: that is no value
`
	if got := string(query(t, tarn, project, rejected, "csv")); got != want {
		t.Errorf("in quarantine: %s", got)
	}
}
