//go:build engines

package artifacts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// What Tarn writes of a project with resources of all kinds follows dbt's
// schemas, and dbt reads it; a file that does not is found out.
func TestArtifactsFollowTheSchemasOfDBT(t *testing.T) {
	requirements, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	python, tarn := lab.Python(t, string(requirements)), lab.Tarn(t)
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "shop"))); err != nil {
		t.Fatal(err)
	}
	lab.Run(t, tarn, "build", "--project-dir", dir)
	failing := exec.CommandContext(t.Context(), tarn, "build", "--project-dir", dir, "--vars", "{broken: true}")
	if out, err := failing.CombinedOutput(); err == nil {
		t.Fatalf("a build with a failing test and a broken model succeeded\n%s", out)
	}
	lab.Run(t, tarn, "source", "freshness", "--project-dir", dir)
	results := filepath.Join(dir, "target", "run_results.json")
	kept, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []string{"success", "pass", "fail", "error", "skipped"} {
		if !strings.Contains(string(kept), `"status":"`+status+`"`) {
			t.Errorf("no result is %s", status)
		}
	}
	lab.Run(t, tarn, "docs", "generate", "--project-dir", dir)
	said := lab.Run(t, python, "check.py", filepath.Join(dir, "target"))
	t.Log(said)
	if lines := strings.Split(strings.TrimSpace(said), "\n"); len(lines) != 5 {
		t.Errorf("%d lines where each file has one, and dbt one", len(lines))
	}
	if err := os.WriteFile(results, []byte(strings.Replace(string(kept), `"thread_id":"tarn"`, `"thread_id":7`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.CommandContext(t.Context(), python, "check.py", filepath.Join(dir, "target")).CombinedOutput()
	if !strings.Contains(string(out), "run_results.json: results/") {
		t.Errorf("a thread that is a number was not noticed\n%s", out)
	}
}
