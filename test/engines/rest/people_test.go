//go:build engines

package rest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// Who is known to the project connects with PyIceberg: service principals by
// client credentials and with tokens, a user with a password; and does what it
// may.
func TestPyIcebergConnectsAsWhoIsKnown(t *testing.T) {
	project := t.TempDir()
	if err := os.WriteFile(filepath.Join(project, "dbt_project.yml"), []byte("name: people\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tarn := func(stdin string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), lab.Tarn(t), append(args, "--project-dir", project)...)
		cmd.Stdin = strings.NewReader(stdin)
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, &said)
		}
		return strings.TrimSpace(string(out))
	}
	tarn("", "group", "add", "loaders", "--role", "owner")
	tarn("", "user", "add", "etl", "--service", "--group", "loaders")
	tarn("", "user", "add", "bi", "--service", "--role", "reader")
	tarn("correct horse battery\n", "user", "add", "ada", "--role", "reader", "--password-stdin")
	loader := tarn("", "token", "create", "etl", "--scope", "read,write")
	reader := tarn("", "token", "create", "bi", "--scope", "read,write")
	revoked := tarn("", "token", "create", "etl", "--scope", "read,write")
	tarn("", "token", "revoke", revoked)

	port := lab.FreePort(t)
	lab.Serve(t, port, exec.CommandContext(t.Context(), lab.Tarn(t), "serve", "--project-dir", project, "--listen", fmt.Sprintf("0.0.0.0:%d", port)))
	python := lab.Python(t, "pyiceberg[pyarrow,pyiceberg-core]==0.12.*\n")
	t.Log(lab.Run(t, python, "people.py", fmt.Sprintf("http://127.0.0.1:%d", port), loader, reader, revoked))
	if got := query(t, project, "SELECT count(*) AS n FROM people.numbers"); got != "n\n3" {
		t.Errorf("Tarn reads %s", got)
	}
	if list := tarn("", "token", "list", "etl", "--output", "json"); !strings.Contains(list, "last_used_at") || strings.Contains(list, loader) {
		t.Error(list)
	}
}
