//go:build engines

package rck

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// Of the kit's 149 tests, 8 do not apply to servers like the reference and
// this one: namespaces with dots, namespaces with no name.
const (
	tests      = 149
	notApplied = 8
)

// The kit asks for tables in file:/tmp, which is outside any warehouse: the
// server gives them a place inside, as the kit is told. Its own temporary files
// are in the warehouse, where views ask for places too.
func TestTheCompatibilityKitPasses(t *testing.T) {
	jars := jars(t)
	project := t.TempDir()
	for name, text := range map[string]string{"dbt_project.yml": "name: kit\n", "tarn.yml": "serve: {locations: assign}\n"} {
		if err := os.WriteFile(filepath.Join(project, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	temporary := filepath.Join(project, ".tarn", "warehouse", "kit")
	if err := os.MkdirAll(temporary, 0o755); err != nil {
		t.Fatal(err)
	}
	port := lab.FreePort(t)
	server := exec.CommandContext(t.Context(), lab.Tarn(t), "serve", "--project-dir", project, "--listen", fmt.Sprintf("127.0.0.1:%d", port))
	server.Env = append(os.Environ(), "TARN_SERVE_TOKEN=the-token-of-the-kit")
	lab.Serve(t, port, server)

	reports := t.TempDir()
	kit := exec.CommandContext(t.Context(), "java", "-Djava.io.tmpdir="+temporary,
		"-Drck.local=false", "-Drck.requires-namespace-create=true", "-Drck.purge-test-namespaces=true", "-Drck.overrides-requested-location=true",
		fmt.Sprintf("-Duri=http://127.0.0.1:%d/", port), "-Dcredential=kit:the-token-of-the-kit",
		fmt.Sprintf("-Doauth2-server-uri=http://127.0.0.1:%d/v1/oauth/tokens", port),
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", filepath.Join(jars, "*"),
		"org.junit.platform.console.ConsoleLauncher", "execute", "--details=none", "--disable-banner", "--reports-dir="+reports,
		"--select-class=org.apache.iceberg.rest.RESTCompatibilityKitSuite")
	out, err := kit.CombinedOutput()
	ran, skipped, failed := count(t, reports)
	t.Logf("%d tests, %d do not apply, %d failed", ran, skipped, len(failed))
	if err != nil || len(failed) > 0 || ran != tests || skipped != notApplied {
		t.Errorf("%v: failed %v\n%s", err, failed, out)
	}
}

// jars is the folder of the kit, the reference server and what they need.
func jars(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(lab.Work(t, "rck"), "jars")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		lab.Run(t, "mvn", "-q", "-B", "-f", "pom.xml", "dependency:copy-dependencies", "-DoutputDirectory="+dir)
	}
	return dir
}

// count reads the reports.
func count(t *testing.T, dir string) (ran, skipped int, failed []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var suite struct {
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Skipped *struct{} `xml:"skipped"`
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
			} `xml:"testcase"`
		}
		if err := xml.Unmarshal(text, &suite); err != nil {
			t.Fatal(file, err)
		}
		ran += len(suite.Cases)
		for _, c := range suite.Cases {
			if c.Skipped != nil {
				skipped++
			}
			if c.Failure != nil || c.Error != nil {
				failed = append(failed, c.Name)
			}
		}
	}
	slices.Sort(failed)
	return ran, skipped, failed
}
