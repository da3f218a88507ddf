package project

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var (
	dbt    = flag.String("dbt", "", "the dbt that says again what the projects in testdata/dbt mean to it")
	parsed = flag.String("parsed", "", "more projects to compare, with the target/manifest.json that dbt left in them, joined by commas")
)

// TestProjectsMeanWhatTheyMeanToDBT loads the projects in testdata/dbt and
// compares with what dbt's own manifest says, which each archive holds. Run
// with -dbt=path/to/dbt to have dbt say it again.
func TestProjectsMeanWhatTheyMeanToDBT(t *testing.T) {
	paths, err := filepath.Glob("testdata/dbt/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no projects", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := archive.Files[:0]
			var want string
			for _, f := range archive.Files {
				if f.Name == "manifest.json" {
					want = string(f.Data)
					continue
				}
				files = append(files, f)
			}
			archive.Files = files
			if *dbt != "" {
				want = askDBT(t, files)
				archive.Files = append(files, txtar.File{Name: "manifest.json", Data: []byte(want)})
				if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			fsys := fstest.MapFS{}
			for _, f := range files {
				fsys[strings.TrimPrefix(f.Name, "project/")] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
			}
			p, problems := Load(fsys, "", Options{Outside: func(dir string) (fs.FS, error) { return fs.Sub(fsys, strings.TrimPrefix(dir, "../")) }})
			if err := problems.Err(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(encode(t, described(p)), "\n")); diff != "" {
				t.Errorf("dbt (-) and we (+) differ:\n%s", diff)
			}
		})
	}
}

// TestProjectsOnDiskMeanWhatTheyMeanToDBT does the same for the projects that
// -parsed names; one that is not there fails.
func TestProjectsOnDiskMeanWhatTheyMeanToDBT(t *testing.T) {
	for dir := range strings.SplitSeq(*parsed, ",") {
		if dir == "" {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			p, problems := Load(os.DirFS(dir), dir, Options{Env: os.LookupEnv, Outside: func(sub string) (fs.FS, error) { return os.DirFS(filepath.Join(dir, sub)), nil }})
			for _, problem := range problems.All() {
				t.Log(problem)
			}
			if err := problems.Err(); err != nil {
				t.Error("it does not load")
			}
			want := readManifest(t, filepath.Join(dir, "target", "manifest.json"))
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(encode(t, described(p)), "\n")); diff != "" {
				t.Errorf("dbt (-) and we (+) differ:\n%s", diff)
			}
		})
	}
}

// askDBT has dbt parse a project, and keeps what is compared.
func askDBT(t *testing.T, files []txtar.File) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	project := filepath.Join(dir, "project")
	profile := "default: {target: dev, outputs: {dev: {type: duckdb, path: x.duckdb}}}\n"
	if err := os.WriteFile(filepath.Join(project, "profiles.yml"), []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"deps"}, {"parse", "--no-partial-parse"}} {
		if args[0] == "deps" && !hasFile(project, "packages.yml") {
			continue
		}
		c := exec.Command(*dbt, append(args, "--profile", "default")...) //nolint:gosec // the developer's own dbt
		c.Dir = project
		c.Env = append(os.Environ(), "DBT_SEND_ANONYMOUS_USAGE_STATS=false")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return readManifest(t, filepath.Join(project, "target", "manifest.json"))
}

// readManifest keeps of a manifest what is compared.
func readManifest(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path) //nolint:gosec // the developer names it
	if err != nil {
		t.Fatal(err)
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return encode(t, m.described())
}

func hasFile(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func encode(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// manifest is the part of dbt's that is compared.
type manifest struct {
	Nodes, Sources, Exposures, Metrics map[string]map[string]any
	SemanticModels                     map[string]map[string]any `json:"semantic_models"`
	SavedQueries                       map[string]map[string]any `json:"saved_queries"`
	UnitTests                          map[string]map[string]any `json:"unit_tests"`
	Groups, Docs                       map[string]map[string]any
	Disabled                           map[string][]map[string]any
}

// compared are the keys of a node, and of its config.
var (
	compared       = []string{"name", "fqn", "alias", "schema", "identifier", "original_file_path", "package_name", "tags", "meta", "description", "group", "access", "version", "latest_version", "checksum", "language", "attached_node", "loader", "loaded_at_field", "doc_blocks", "type", "maturity"}
	comparedConfig = []string{
		"materialized", "severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "unique_key", "incremental_strategy", "on_schema_change",
		"delimiter", "strategy", "updated_at", "check_cols", "hard_deletes", "event_time", "batch_size", "lookback", "begin", "access", "group", "column_types", "grants", "full_refresh",
	}
)

func (m *manifest) described() map[string]any {
	out := map[string]any{}
	for _, list := range []map[string]map[string]any{m.Nodes, m.Sources, m.Exposures, m.Metrics, m.SemanticModels, m.SavedQueries, m.UnitTests} {
		for id, n := range list {
			if on, ok := n["attached_node"].(string); ok && m.Disabled[on] != nil {
				continue // we disable the tests of what is disabled
			}
			out[id] = describedNode(id, n)
		}
	}
	out["groups"], out["disabled"] = slices.Sorted(maps.Keys(m.Groups)), slices.Sorted(maps.Keys(m.Disabled))
	var docs []string
	for id := range m.Docs {
		if !strings.HasPrefix(id, "doc.dbt.") {
			docs = append(docs, id)
		}
	}
	slices.Sort(docs)
	out["docs"] = docs
	return out
}

func describedNode(id string, n map[string]any) map[string]any {
	kind, _, _ := strings.Cut(id, ".")
	out := map[string]any{}
	for _, key := range compared {
		keep(out, key, n[key])
	}
	if path, ok := n["original_file_path"].(string); ok {
		out["original_file_path"] = strings.TrimPrefix(path, "./")
	}
	if sum, ok := n["checksum"].(map[string]any); ok {
		delete(out, "checksum")
		if sum["name"] == "sha256" && kind != "operation" && kind != "snapshot" {
			out["checksum"] = sum["checksum"]
		}
	}
	if kind == "exposure" || kind == "metric" || kind == "semantic_model" || kind == "saved_query" || kind == "unit_test" {
		for _, key := range []string{"alias", "schema", "checksum", "type"} {
			delete(out, key)
		}
	}
	if kind == "operation" {
		for _, key := range []string{"alias", "schema"} {
			delete(out, key)
		}
	}
	config, _ := n["config"].(map[string]any)
	if text, ok := config["begin"].(string); ok {
		config["begin"], _, _ = strings.Cut(text, "T")
	}
	if text, ok := config["fail_calc"].(string); ok {
		config["fail_calc"] = strings.TrimSpace(text)
	}
	for _, key := range comparedConfig {
		if kind == "operation" && key != "group" {
			continue
		}
		keep(out, "config."+key, config[key])
	}
	if on, ok := n["depends_on"].(map[string]any); ok {
		nodes, _ := on["nodes"].([]any)
		var ids []string
		for _, id := range nodes {
			if id := id.(string); kind != "unit_test" || strings.HasPrefix(id, "model.") || strings.HasPrefix(id, "seed.") {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		keep(out, "depends_on", ids)
		macros, _ := on["macros"].([]any)
		var own []string
		for _, id := range macros {
			if id, ok := id.(string); ok && !strings.HasPrefix(id, "macro.dbt.") && !strings.HasPrefix(id, "macro.dbt_duckdb.") {
				own = append(own, id)
			}
		}
		slices.Sort(own)
		keep(out, "macros", own)
	}
	if meta, ok := n["test_metadata"].(map[string]any); ok {
		keep(out, "kwargs", meta["kwargs"])
		keep(out, "namespace", meta["namespace"])
	}
	for _, tags := range [][]any{listOf(out["tags"])} {
		slices.SortFunc(tags, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		keep(out, "tags", slices.Compact(tags))
	}
	if columns, ok := n["columns"].(map[string]any); ok {
		for name, c := range columns {
			c := c.(map[string]any)
			line := map[string]any{}
			for _, key := range []string{"description", "data_type", "meta", "quote", "doc_blocks"} {
				keep(line, key, c[key])
			}
			keep(out, "column."+name, line)
		}
	}
	return out
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

// keep sets a key to a value that says something.
func keep(out map[string]any, key string, v any) {
	delete(out, key)
	switch v := v.(type) {
	case nil:
		return
	case string:
		if v == "" {
			return
		}
	case []any:
		if len(v) == 0 {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
	case map[string]any:
		if len(v) == 0 {
			return
		}
	}
	out[key] = v
}
