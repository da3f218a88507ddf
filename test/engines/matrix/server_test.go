//go:build engines

package matrix

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

const token = "the-token-of-the-test"

// packages are the engines that Python installs, and Trino's client.
const packages = "pyspark==3.5.9\npyiceberg[pyarrow,pyiceberg-core]==0.12.0\nduckdb==1.5.5\npytz\ntrino==0.337.0\n" +
	"duckdb-extension-httpfs==1.5.5\nduckdb-extension-avro==1.5.5\nduckdb-extension-iceberg==1.5.5\n"

// runtime is Iceberg for Spark.
const runtime = "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.1"

// lake is a project that is served, and what engines need to work on it.
type lake struct {
	project, uri, python string
	environment          []string
}

func newLake(t *testing.T) *lake {
	t.Helper()
	l := &lake{project: filepath.Join(t.TempDir(), "project"), python: lab.Python(t, packages)}
	if err := os.CopyFS(l.project, os.DirFS(filepath.Join("testdata", "project"))); err != nil {
		t.Fatal(err)
	}
	port := lab.FreePort(t)
	server := exec.CommandContext(t.Context(), lab.Tarn(t), "serve", "--project-dir", l.project, "--listen", fmt.Sprintf("127.0.0.1:%d", port))
	server.Env = append(os.Environ(), "TARN_SERVE_TOKEN="+token)
	lab.Serve(t, port, server)
	l.uri = fmt.Sprintf("http://127.0.0.1:%d", port)
	l.environment = append(os.Environ(), "URI="+l.uri, "TOKEN="+token, "JARS="+lab.Maven(t, runtime), "SPARK_LOCAL_IP=127.0.0.1")
	return l
}

// engine runs testdata/engines/engine.py.
func (l *lake) engine(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), l.python, append([]string{filepath.Join("testdata", "engines", "engine.py")}, args...)...)
	cmd.Env = l.environment
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
}
