package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tarn-lake/tarn/internal/diag"
)

func project(t *testing.T, tarnYML string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, File), []byte(tarnYML), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func TestAFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault(t *testing.T) {
	file := "lake: {path: lake}\nserve: {listen: 127.0.0.1:0}\npython: {command: .venv/bin/python3.11}\nengine: {memory: 1GB, threads: 1}\nhistory: {max_snapshot_age: 30d, min_snapshots_to_keep: 100, remove_after: 1h30m}\naudit: {keep: 7d, on_failure: run, file: log/a.jsonl, file_size: 1MB, kafka: {brokers: 'a:1, b:2', tls: true, mechanism: plain, user: u}}\nreport: {charts: [{table: daily_sales, x: sales_date, y: gross_sales, title: Revenue by day}, {table: t, x: a, y: b}]}\n"
	dir := project(t, file)
	got, ps := Load(dir,
		environment(map[string]string{"TARN_ENGINE_MEMORY": "2GiB", "TARN_ENGINE_THREADS": "2", "TARN_TARGET": ""}),
		map[string]string{"engine.threads": "3"})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	want := Config{
		Dir: dir, Lake: Lake{Path: "lake"}, Python: Python{Command: ".venv/bin/python3.11"}, Target: "",
		Engine:  Engine{Memory: 2 << 30, Threads: 3, Spill: filepath.Join("lake", "spill")},
		Serve:   Serve{Listen: "127.0.0.1:0", Locations: RefuseLocations},
		History: History{MaxSnapshotAge: 30 * 24 * time.Hour, MinSnapshotsToKeep: 100, RemoveAfter: 90 * time.Minute},
		Audit: Audit{Keep: 7 * 24 * time.Hour, OnFailure: RunUnrecorded, File: "log/a.jsonl", FileSize: 1e6,
			Kafka: Kafka{Brokers: []string{"a:1", "b:2"}, Topic: "tarn.statements", TLS: true, Mechanism: "PLAIN", User: "u"}},
		Report: Report{Charts: []Chart{
			{Table: "daily_sales", X: "sales_date", Y: "gross_sales", Title: "Revenue by day"},
			{Table: "t", X: "a", Y: "b", Title: "b by a"},
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(diag.Place{})); diff != "" {
		t.Error(diff)
	}
	if got.LakeDir() != filepath.Join(dir, "lake") || got.SpillDir() != filepath.Join(dir, "lake", "spill") {
		t.Errorf("folders: %s, %s", got.LakeDir(), got.SpillDir())
	}
}

func TestDatabasesAreFilesOfTheLakeOrOnAServer(t *testing.T) {
	file := project(t, "lake: {path: lake}\nstate: {uri: 'postgres://tarn@db/state'}\n")
	got, ps := Load(file, environment(nil), nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	if got.CatalogPlace() != filepath.Join(file, "lake", "catalog.db") || got.StatePlace() != "postgres://tarn@db/state" {
		t.Errorf("the places are %s and %s", got.CatalogPlace(), got.StatePlace())
	}
	got, ps = Load(file, environment(map[string]string{"TARN_CATALOG_URI": "postgresql://u:p@db:5433/catalog?search_path=lake"}), nil)
	if err := ps.Err(); err != nil || got.CatalogPlace() != "postgresql://u:p@db:5433/catalog?search_path=lake" {
		t.Errorf("%s, %v", got.CatalogPlace(), err)
	}
	for yml, want := range map[string]string{
		"catalog: {uri: 'postgres://db/catalog'}\n":                                     "`state.uri` is not set",
		"state: {uri: 'mysql://root:hidden@db/state'}\n":                                "not the address of a Postgres database",
		"catalog: {uri: 'postgres://db/c', path: x}\nstate: {uri: 'postgres://db/s'}\n": "unknown key `path`",
	} {
		_, ps := Load(project(t, yml), environment(nil), nil)
		if err := ps.Err(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v, want %q", yml, err, want)
		}
	}
}

func TestAProjectWithoutSettingsHasTheDefaults(t *testing.T) {
	got, ps := Load(t.TempDir(), environment(nil), nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	want := Config{
		Dir: got.Dir, Lake: Lake{Path: ".tarn"}, Engine: Engine{Spill: filepath.Join(".tarn", "spill")}, Target: "",
		Serve: Serve{Listen: "127.0.0.1:8181", Locations: RefuseLocations}, History: History{RemoveAfter: 24 * time.Hour},
		Audit: Audit{Keep: 30 * 24 * time.Hour, OnFailure: RefuseUnrecorded, FileSize: 100e6, Kafka: Kafka{Topic: "tarn.statements"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryProblemIsReportedAtOnceWithItsPlace(t *testing.T) {
	file := strings.Join([]string{
		"lake: {path: 's3://bucket', pth: x}",
		"engine:",
		"  memory: lots",
		"  threads: 0",
		"  spil: x",
		"report: {charts: [{table: t, x: a, colour: red}, 3]}",
		"enigne: {}",
	}, "\n")
	_, ps := Load(project(t, file), environment(map[string]string{"TARN_ENGINE_MEMORY": "1MB"}), map[string]string{"engine.threads": "many", "lake.pth": "x"})
	var got []string
	for _, p := range ps.All() {
		got = append(got, p.Error())
	}
	want := []string{
		"--engine-threads: bad-setting: `engine.threads`: `many` is not a number of threads: write one from 1 to 1024",
		"--lake-pth: unknown-key: unknown setting `lake.pth`\n  hint: did you mean `lake.path`?",
		"TARN_ENGINE_MEMORY: bad-setting: `engine.memory`: 1MB is too little for the engine: give it 64MB or more",
		"tarn.yml:1:14: bad-setting: `lake.path`: s3:// is not there yet: name a folder",
		"tarn.yml:1:29: unknown-key: unknown key `pth`\n  hint: did you mean `path`?",
		"tarn.yml:3:11: bad-setting: `engine.memory`: `lots` is not an amount of bytes: write one like 512MB, 2GB or 1GiB",
		"tarn.yml:4:12: bad-setting: `engine.threads`: `0` is not a number of threads: write one from 1 to 1024",
		"tarn.yml:5:3: unknown-key: unknown key `spil`\n  hint: did you mean `spill`?",
		"tarn.yml:6:19: missing-key: the chart has no `y`\n  hint: a chart is {table: daily_sales, x: sales_date, y: gross_sales, title: Revenue by day}",
		"tarn.yml:6:36: unknown-key: unknown key `colour`\n  hint: known here: table, title, x, y",
		"tarn.yml:6:50: wrong-kind: a chart must be a mapping, not `3`",
		"tarn.yml:7:1: unknown-key: unknown key `enigne`\n  hint: did you mean `engine`?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsThatCannotBeReadAreAProblem(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, File), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, ps := Load(dir, environment(nil), nil); ps.Err() == nil {
		t.Error("a folder called tarn.yml is no problem")
	}
}

func TestBytes(t *testing.T) {
	for _, c := range []struct {
		in     string
		want   Bytes
		prints string
		bad    bool
	}{
		{in: "512MB", want: 512e6, prints: "512MB"},
		{in: "1GiB", want: 1 << 30, prints: "1GiB"},
		{in: "1.5 gb", want: 1500e6, prints: "1500MB"},
		{in: "1048577", want: 1048577, prints: "1048577B"},
		{in: "2g", want: 2e9, prints: "2GB"},
		{in: "", bad: true},
		{in: "-1GB", bad: true},
		{in: "GB", bad: true},
		{in: "1 parsec", bad: true},
		{in: "99999999TB", bad: true},
	} {
		got, err := ParseBytes(c.in)
		if (err != nil) != c.bad || got != c.want {
			t.Errorf("ParseBytes(%q) = %d, %v", c.in, got, err)
		}
		if !c.bad && got.String() != c.prints {
			t.Errorf("%q prints as %s, want %s", c.in, got, c.prints)
		}
	}
}

func TestProxiesAreAddressesAndNetworks(t *testing.T) {
	got, ps := Load(t.TempDir(), environment(map[string]string{"TARN_SERVE_PROXIES": "10.1.2.3/8, 192.0.2.1,2001:db8::/32"}), nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	if list := fmt.Sprint(got.Serve.Proxies); list != "[10.0.0.0/8 192.0.2.1/32 2001:db8::/32]" {
		t.Error(list)
	}
	for _, wrong := range []string{"proxy.example", "10.0.0.0/33", "10.0.0.1,", "10.0.0.1:80"} {
		if _, ps := Load(t.TempDir(), environment(map[string]string{"TARN_SERVE_PROXIES": wrong}), nil); ps.Err() == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
