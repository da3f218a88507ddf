package deps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The address of the repository is a secret in whole: what is told and kept
// names it by the mark alone.
func TestSecretsOfAddressesAreNeitherToldNorKept(t *testing.T) {
	repo := filepath.Join(t.TempDir(), "hushhush")
	if err := os.Mkdir(repo, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(repo, "dbt_project.yml"), []byte("name: kit\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one"}, {"tag", "v1"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = repo
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
	const mark = "{{ env_var('DBT_ENV_SECRET_REPO') }}"
	reveal := func(text string) (string, []string) {
		if !strings.Contains(text, mark) {
			return text, nil
		}
		return strings.ReplaceAll(text, mark, repo), []string{repo}
	}
	dir := t.TempDir()
	want := specs(t, `packages: [{git: "`+mark+`", revision: v1}]`)
	told, lock, err := install(t, Request{Dir: dir, Packages: want, Reveal: reveal})
	if err != nil {
		t.Fatal(err)
	}
	if installed(t, dir) != "kit: name: kit" || !strings.Contains(lock, mark) || strings.Contains(lock+strings.Join(told, ""), "hushhush") {
		t.Errorf("got %s, %s, %v", installed(t, dir), lock, told)
	}
	_, _, err = install(t, Request{Dir: t.TempDir(), Packages: specs(t, `packages: [{git: "`+mark+`/nowhere", revision: v1}]`), Reveal: reveal})
	if err == nil || strings.Contains(err.Error(), "hushhush") {
		t.Errorf("got %v", err)
	}
}
