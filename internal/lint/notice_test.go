package lint

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// platform is the part of a module's path that names a system: the notice has
// the module once.
var platform = regexp.MustCompile(`/lib/(linux|darwin|windows)-(amd64|arm64)$`)

// linked returns the folders of the modules that are linked into the binary.
func linked(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-tags=duckdb_arrow", "-deps",
		"-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "./cmd/tarn")
	cmd.Dir = root
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatal("list the modules of cmd/tarn:", err, complaint.String())
	}
	folders := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, folder, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			folders[platform.ReplaceAllString(path, "")] = folder
		}
	}
	folders["Go's standard library and runtime"] = goRoot(t)
	return folders
}

func goRoot(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestNoticeNamesEveryModuleThatIsLinkedIn(t *testing.T) {
	modules := map[string]Licence{}
	for path, folder := range linked(t) {
		l, err := ReadLicence(folder)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		modules[path] = l
	}
	if *update {
		if err := os.WriteFile(root+"/NOTICE", []byte(Notice(modules)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	notice, err := os.ReadFile(root + "/NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	for path, l := range modules {
		if line := path + ": " + l.Kind + "\n"; !strings.Contains("\n"+string(notice), "\n"+line) {
			t.Errorf("NOTICE lacks %q: make notice", strings.TrimSpace(line))
		}
	}
}
