//go:build engines

package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/explain/explaintest"
)

// TestReportInChromium writes pages and hands them to the tests in *.test.mjs.
// The environment variable CHROMIUM names another browser than Debian's;
// go test -artifacts keeps the screenshots.
func TestReportInChromium(t *testing.T) {
	browser := os.Getenv("CHROMIUM")
	if browser == "" {
		browser = "/usr/bin/chromium"
	}
	if _, err := os.Stat(browser); err != nil {
		t.Fatalf("no Chromium: %v; install it (apt-get install chromium) or name one in CHROMIUM", err)
	}
	pages := t.TempDir()
	for name, r := range map[string]explain.Report{
		"shop.html":    explaintest.Shop(),
		"large.html":   explaintest.Large(120),
		"hostile.html": explaintest.Hostile(),
		"empty.html":   {Project: "empty"},
	} {
		writePage(t, filepath.Join(pages, name), r)
	}
	installModules(t)
	test := exec.CommandContext(t.Context(), "node", "--test", "--test-concurrency=1")
	test.Env = append(os.Environ(), "CHROMIUM="+browser, "REPORT_PAGES="+pages, "REPORT_SHOTS="+t.ArtifactDir())
	out, err := test.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("node --test: %v", err)
	}
}

func writePage(t *testing.T, path string, r explain.Report) {
	t.Helper()
	var b bytes.Buffer
	if err := explain.WriteReport(&b, r); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// installModules installs what package-lock.json names, unless it is there.
func installModules(t *testing.T) {
	t.Helper()
	wanted, err := os.Stat("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	installed, err := os.Stat(filepath.Join("node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(wanted.ModTime()) {
		return
	}
	out, err := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts").CombinedOutput()
	if err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}
