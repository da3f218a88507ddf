//go:build engines

package suites

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

const (
	token   = "the-token-of-the-suites"
	version = "0.12.0"
)

const packages = "pyiceberg[pyarrow,pyiceberg-core,sql-sqlite,hive]==" + version +
	"\npytest==9.1.1\npytest-lazy-fixtures==1.4.1\nrequests-mock==1.12.1\nmoto==5.1.22\nfsspec\npytz\n"

// files are what PyIceberg tests over REST without other servers. The rest of
// tests/integration begins with tables that its own Spark makes in MinIO.
var files = []string{"test_catalog.py", "test_rest_catalog.py", "test_rest_schema.py"}

const otherNumbers = "it wants the fields of a new table numbered level by level; Tarn numbers a struct's fields before its next column"

// leftOut are tests that are not for this server, and why.
var leftOut = map[string]string{
	"test_initial_default_all_columns":     "Tarn takes no struct without fields, to which it adds fields later",
	"test_move_primitive_map_value_fails":  "Tarn takes no struct without fields",
	"test_schema_evolution_nested":         otherNumbers,
	"test_deletes":                         otherNumbers,
	"test_deletes_case_insensitive":        otherNumbers,
	"test_rename":                          otherNumbers,
	"test_rename_case_insensitive":         otherNumbers,
	"test_mixed_changes":                   otherNumbers,
	"test_set_identifier_field_fails":      otherNumbers,
	"test_rest_custom_namespace_separator": "it wants a server that is set to part levels of namespaces with dots",
	"test_namespace_with_dot":              "levels of namespaces have no dots in Tarn",
	"test_table_name_with_dot":             "names of tables have no dots in Tarn",
	"test_namespace_with_slash":            "it skips itself with REST catalogs",
	"test_table_name_with_slash":           "it skips itself with REST catalogs",
}

// suite is PyIceberg's tests, unpacked.
func suite(t *testing.T, python string) string {
	t.Helper()
	folder := lab.Work(t, "suites")
	home := filepath.Join(folder, "pyiceberg-"+version)
	if _, err := os.Stat(filepath.Join(home, "complete")); !errors.Is(err, fs.ErrNotExist) {
		return home
	}
	lab.Run(t, python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "pyiceberg", "--dest", folder, "pyiceberg=="+version)
	lab.Run(t, "tar", "-xzf", filepath.Join(folder, "pyiceberg-"+version+".tar.gz"), "-C", folder, "pyiceberg-"+version+"/tests", "pyiceberg-"+version+"/pyproject.toml")
	if err := os.WriteFile(filepath.Join(home, "complete"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return home
}

// serve serves a project that has the namespace default, as the suite expects.
func serve(t *testing.T) (uri string) {
	t.Helper()
	project, port := t.TempDir(), lab.FreePort(t)
	if err := os.WriteFile(filepath.Join(project, "dbt_project.yml"), []byte("name: suites\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(t.Context(), lab.Tarn(t), "serve", "--project-dir", project, "--listen", fmt.Sprintf("127.0.0.1:%d", port))
	server.Env = append(os.Environ(), "TARN_SERVE_TOKEN="+token)
	lab.Serve(t, port, server)
	uri = fmt.Sprintf("http://127.0.0.1:%d", port)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, uri+"/v1/namespaces", strings.NewReader(`{"namespace":["default"]}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(err, answer.Status)
	}
	return uri
}

func TestPyIcebergsOwnTestsOfCatalogsPass(t *testing.T) {
	python, uri := lab.Python(t, packages), serve(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	result := filepath.Join(t.TempDir(), "result.xml")
	// Its tests are for several catalogs: these are the names of the REST ones.
	args := []string{"-m", "pytest", "-p", "elsewhere", "-q", "--junitxml=" + result, "-k", "rest"}
	for _, file := range files {
		args = append(args, filepath.Join("tests", "integration", file))
	}
	cmd := exec.CommandContext(t.Context(), python, args...)
	cmd.Dir = suite(t, python)
	cmd.Env = append(os.Environ(), "URI="+uri, "TOKEN="+token, "PYTHONPATH="+here, "PYICEBERG_TEST_CATALOG=tarn",
		"PYICEBERG_CATALOG__TARN__TYPE=rest", "PYICEBERG_CATALOG__TARN__URI="+uri, "PYICEBERG_CATALOG__TARN__TOKEN="+token)
	out, err := cmd.CombinedOutput()
	judge(t, result, string(out), err)
}

// judge holds the results against what is left out, and says how many are what.
func judge(t *testing.T, result, out string, failure error) {
	t.Helper()
	text, err := os.ReadFile(result)
	if err != nil {
		t.Fatalf("%v: %v\n%s", err, failure, out)
	}
	var all struct {
		Cases []struct {
			Name    string   `xml:"name,attr"`
			Skipped *problem `xml:"skipped"`
			Failure *problem `xml:"failure"`
			Error   *problem `xml:"error"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	passed, left := 0, 0
	for _, c := range all.Cases {
		name, _, _ := strings.Cut(c.Name, "[")
		reason, expected := leftOut[name]
		switch {
		case c.Failure == nil && c.Error == nil && c.Skipped == nil && expected:
			t.Errorf("%s passes: take it out of leftOut", c.Name)
		case c.Failure == nil && c.Error == nil && c.Skipped == nil:
			passed++
		case expected:
			left++
			t.Logf("left out: %s: %s", c.Name, reason)
		default:
			t.Errorf("%s: %s", c.Name, first(c.Failure, c.Error, c.Skipped))
		}
	}
	t.Logf("%d passed, %d left out, of %d", passed, left, len(all.Cases))
	if len(all.Cases) == 0 {
		t.Errorf("no test ran: %s", out)
	}
}

type problem struct {
	Message string `xml:"message,attr"`
}

func first(all ...*problem) string {
	for _, p := range all {
		if p != nil {
			return p.Message
		}
	}
	return ""
}
