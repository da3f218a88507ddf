//go:build engines

package matrix

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

const trinoVersion = "476"

// settings of a small Trino: %[1]d is its port, %[2]s the folder of its
// catalogs, %[3]s that of its plugins.
const settings = `node.environment=test
coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port=%[1]d
discovery.uri=http://127.0.0.1:%[1]d
node.internal-address=127.0.0.1
catalog.config-dir=%[2]s
plugin.dir=%[3]s
query.max-memory=256MB
query.max-memory-per-node=256MB
memory.heap-headroom-per-node=256MB
`

// catalog is how Trino uses the lake: %[1]s is where the server is, %[2]s its
// token.
const catalog = `connector.name=iceberg
iceberg.catalog.type=rest
iceberg.rest-catalog.uri=%[1]s
iceberg.rest-catalog.security=OAUTH2
iceberg.rest-catalog.oauth2.token=%[2]s
fs.native-local.enabled=true
local.location=/
`

// trino starts Trino, and returns the lake with the port of it.
func trino(t *testing.T, l *lake) *lake {
	t.Helper()
	home, dir, port := trinoHome(t), t.TempDir(), lab.FreePort(t)
	catalogs, config, levels := filepath.Join(dir, "catalog"), filepath.Join(dir, "config.properties"), filepath.Join(dir, "log.properties")
	if err := os.Mkdir(catalogs, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(catalogs, "tarn.properties"), fmt.Sprintf(catalog, l.uri, token))
	write(t, config, fmt.Sprintf(settings, port, catalogs, filepath.Join(home, "plugin")))
	write(t, levels, "io.trino=WARN\nio.airlift=WARN\n")
	server := exec.CommandContext(t.Context(), lab.Java(t, 25), "-Xmx1G", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=192M",
		"-Djdk.attach.allowAttachSelf=true", "-Dfile.encoding=UTF-8", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
		"--add-modules=jdk.incubator.vector", "-Dconfig="+config, "-Dlog.levels-file="+levels, "-cp", filepath.Join(home, "lib", "*"), "io.trino.server.TrinoServer")
	server.Dir = dir
	lab.Serve(t, port, server)
	ready(t, fmt.Sprintf("http://127.0.0.1:%d/v1/info", port))
	with := *l
	with.environment = append(with.environment[:len(with.environment):len(with.environment)], fmt.Sprintf("TRINO=%d", port))
	return &with
}

// trinoHome is a folder with Trino's core and the plugin for Iceberg, which
// comes with a file system of this machine. The mark is written last.
func trinoHome(t *testing.T) string {
	t.Helper()
	home := filepath.Join(lab.Work(t, "trino"), trinoVersion)
	mark := filepath.Join(home, "complete")
	if _, err := os.Stat(mark); !errors.Is(err, fs.ErrNotExist) {
		return home
	}
	core, plugin := lab.Maven(t, "io.trino:trino-server-core:"+trinoVersion+":tar.gz"), lab.Maven(t, "io.trino:trino-iceberg:"+trinoVersion+":zip")
	plugins := filepath.Join(home, "plugin")
	for _, err := range []error{os.RemoveAll(home), os.MkdirAll(plugins, 0o755)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	lab.Run(t, "tar", "-xzf", core, "-C", home, "--strip-components=1", "trino-server-core-"+trinoVersion+"/lib")
	lab.Run(t, "python3", "-m", "zipfile", "-e", plugin, plugins)
	for _, err := range []error{
		os.Rename(filepath.Join(plugins, "trino-iceberg-"+trinoVersion), filepath.Join(plugins, "iceberg")),
		os.Remove(core), os.Remove(plugin),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	write(t, mark, "")
	return home
}

// ready waits until Trino has started: it listens before that.
func ready(t *testing.T, info string) {
	t.Helper()
	deadline := time.After(4 * time.Minute)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, info, nil)
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		if answer, err := http.DefaultClient.Do(request); err == nil {
			body, _ := io.ReadAll(answer.Body) // what is cut off is asked for again
			_ = answer.Body.Close()
			said = string(body)
		}
		if strings.Contains(said, `"starting":false`) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("Trino does not start: %s", said)
		}
	}
}
