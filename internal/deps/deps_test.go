package deps

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/packagefile"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// tarball packs files, whose folder is the first part of their names.
func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// serve is a hub with the packages acme/tools, of which several versions are
// there, and acme/base, which tools needs.
func serve(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	add := func(name string, versions map[string]map[string]any) {
		for version, v := range versions {
			path := "/tar/" + name + "/" + version
			v["name"] = name
			v["downloads"] = map[string]string{"tarball": server.URL + path}
			content := tarball(t, map[string]string{name + "-" + version + "/dbt_project.yml": "name: " + name + "\nversion: " + version + "\n"})
			mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) })
		}
		mux.HandleFunc("/api/v1/acme/"+name+".json", func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]any{"versions": versions})
		})
	}
	needs := func(version any) []map[string]any {
		return []map[string]any{{"package": "acme/base", "version": version}}
	}
	add("tools", map[string]map[string]any{
		"0.9.0": {"packages": needs("1.0.0")}, "1.0.0": {"packages": needs([]string{">=1.0.0", "<2.0.0"})},
		"1.2.0":     {"packages": needs(">=1.1.0"), "require_dbt_version": []string{">=1.6.0", "<2.0.0"}},
		"1.3.0-rc1": {"packages": needs(">=1.1.0")}, "2.0.0": {"packages": needs("1.0.0"), "require_dbt_version": ">=9.0.0"},
	})
	add("base", map[string]map[string]any{"1.0.0": {}, "1.1.0": {}, "1.10.0": {}, "2.0.0": {}})
	return server.URL
}

// specs reads packages.yml.
func specs(t *testing.T, text string) []packagefile.Spec {
	t.Helper()
	var ps diag.Problems
	r := &yamldoc.Reader{Problems: &ps}
	out := packagefile.Read(r, r.Parse(packagefile.File, []byte(text)), nil).Packages
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// install runs Install and tells what happened: the events, and the lock.
func install(t *testing.T, r Request) (told []string, lock string, err error) {
	t.Helper()
	r.Into, r.Version = "dbt_packages", "1.11.0"
	r.Event = func(e Event) {
		told = append(told, strings.TrimSpace(fmt.Sprintln(e.Kind, e.Package, e.Version, e.Latest)))
	}
	_, err = Install(context.Background(), r)
	text, _ := os.ReadFile(filepath.Join(r.Dir, packagefile.Lock))
	left, _ := filepath.Glob(filepath.Join(r.Dir, ".tarn-deps-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return told, string(text), err
}

func installed(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "dbt_packages", "*", "dbt_project.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, filepath.Base(filepath.Dir(f))+": "+strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", ", "))
	}
	return strings.Join(out, "; ")
}

func TestTheNewestVersionWithinAllBoundsIsInstalledAndLocked(t *testing.T) {
	dir, hub := t.TempDir(), serve(t)
	want := specs(t, "packages:\n  - {package: acme/tools, version: [\">=1.0.0\", \"<3.0.0\"]}\n  - {package: acme/base, version: \"<2.0.0\"}\n")
	told, lock, err := install(t, Request{Dir: dir, Hub: hub, Packages: want})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"0", "1 acme/tools 1.2.0 1.2.0", "1 acme/base 1.10.0 2.0.0"}, told); diff != "" {
		t.Error(diff)
	}
	if got := installed(t, dir); got != "base: name: base, version: 1.10.0; tools: name: tools, version: 1.2.0" {
		t.Error(got)
	}
	hash, err := Hash(want)
	if err != nil {
		t.Fatal(err)
	}
	wantLock := "packages:\n  - name: tools\n    package: acme/tools\n    version: \"1.2.0\"\n  - name: base\n    package: acme/base\n    version: \"1.10.0\"\nsha1_hash: "
	if diff := cmp.Diff(wantLock, strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(lock), `"`+hash+`"`, hash), hash)); diff != "" {
		t.Error(diff)
	}

	var ps diag.Problems
	r := &yamldoc.Reader{Problems: &ps}
	pinned := packagefile.Read(r, r.Parse(packagefile.Lock, []byte(strings.ReplaceAll(lock, "1.10.0", "1.0.0"))), nil)
	if _, _, err := install(t, Request{Dir: dir, Hub: hub, Packages: want, Lock: &pinned}); err != nil {
		t.Fatal(err)
	}
	if got := installed(t, dir); got != "base: name: base, version: 1.0.0; tools: name: tools, version: 1.2.0" {
		t.Errorf("what the lock pins is not what was installed: %s", got)
	}
	if _, _, err := install(t, Request{Dir: dir, Hub: hub, Packages: want, Lock: &pinned, Upgrade: true}); err != nil {
		t.Fatal(err)
	}
	if got := installed(t, dir); !strings.Contains(got, "1.10.0") {
		t.Errorf("--upgrade keeps what the lock pins: %s", got)
	}
}

func TestPrereleasesAreTakenWhereTheyAreAskedFor(t *testing.T) {
	hub := serve(t)
	for text, want := range map[string]string{
		"packages: [{package: acme/tools, version: \">=1.0.0\", install_prerelease: true}]": "1.3.0-rc1",
		"packages: [{package: acme/tools, version: 1.3.0-rc1}]":                             "1.3.0-rc1",
		"packages: [{package: acme/tools, version: \">=1.0.0,<1.2\"}]":                      "1.0.0",
	} {
		told, _, err := install(t, Request{Dir: t.TempDir(), Hub: hub, Packages: specs(t, text)})
		if err != nil || len(told) < 2 || !strings.HasPrefix(told[1], "1 acme/tools "+want) {
			t.Errorf("%s: %v, %v", text, told, err)
		}
	}
}

func TestARepositoryIsInstalledAtItsRevision(t *testing.T) {
	repo := t.TempDir()
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(repo, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(repo, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"}, args...)...)
		cmd.Dir = repo
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q")
	write("dbt_project.yml", "name: kit\nversion: 1\n")
	write("inside/dbt_project.yml", "name: inner\n")
	git("add", ".")
	git("commit", "-qm", "one")
	git("tag", "v1")
	first := git("rev-parse", "HEAD")
	write("dbt_project.yml", "name: kit\nversion: 2\n")
	git("commit", "-qam", "two")

	for revision, want := range map[string]string{"v1": "kit: name: kit, version: 1", "main": "kit: name: kit, version: 2", first: "kit: name: kit, version: 1",
		first[:9]: "kit: name: kit, version: 1"} {
		dir := t.TempDir()
		_, lock, err := install(t, Request{Dir: dir, Packages: specs(t, "packages: [{git: '"+repo+"', revision: '"+revision+"'}]")})
		if err != nil {
			t.Fatal(err)
		}
		if got := installed(t, dir); got != want {
			t.Errorf("%s: %s", revision, got)
		}
		if want == "kit: name: kit, version: 1" && !strings.Contains(lock, first) {
			t.Errorf("%s: the lock does not name the commit: %s", revision, lock)
		}
	}
	dir := t.TempDir()
	if _, _, err := install(t, Request{Dir: dir, Packages: specs(t, "packages: [{git: '"+repo+"', subdirectory: inside}]")}); err != nil {
		t.Fatal(err)
	}
	if got := installed(t, dir); got != "inner: name: inner" {
		t.Error(got)
	}
}

func TestALocalPackageStaysWhereItIsAndWhatItNeedsIsInstalled(t *testing.T) {
	dir, hub := t.TempDir(), serve(t)
	if err := os.MkdirAll(filepath.Join(dir, "kit"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"dbt_project.yml": "name: kit\n", "packages.yml": "packages: [{package: acme/base, version: 1.0.0}]\n"} {
		if err := os.WriteFile(filepath.Join(dir, "kit", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told, _, err := install(t, Request{Dir: dir, Hub: hub, Packages: specs(t, "packages: [{local: kit}]")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"0", "2 kit", "1 acme/base 1.0.0 2.0.0"}, told); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeInstalledIsToldAndTheOldPackagesStay(t *testing.T) {
	hub := serve(t)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(tarball(t, map[string]string{"../../outside": "x"}))
	}))
	t.Cleanup(evil.Close)
	for text, want := range map[string]string{
		"packages: [{package: acme/nothing, version: 1.0.0}]":                                     "packages.yml:1:12: bad-package: the hub cannot be asked about `acme/nothing`",
		"packages: [{package: acme/tools, version: \">=7\"}]":                                     "no version of `acme/tools` is within >=7\n  hint: the newest there are: 0.9.0, 1.0.0, 1.2.0, 1.3.0-rc1, 2.0.0",
		"packages: [{package: acme/tools, version: soon}]":                                        "`soon` is not a version",
		"packages: [{package: acme/tools, version: 1.2.0}, {package: acme/base, version: 1.0.0}]": "no version of `acme/base` is within 1.0.0, >=1.1.0",
		"packages: [{git: /nowhere/at/all}]":                                                      "`/nowhere/at/all` at `HEAD` cannot be got",
		"packages: [{git: 'ext::sh -c touch%20/tmp/x', revision: a}]":                             "cannot be got",
		"packages: [{git: --upload-pack=x}]":                                                      "is not a repository's address",
		"packages: [{tarball: '" + evil.URL + "', name: evil}]":                                   "outside of its folder",
		"packages: [{private: a/b}]":                                                              "private provider",
		"packages: [{local: nowhere}]":                                                            "holds no dbt_project.yml",
	} {
		dir := t.TempDir()
		old := filepath.Join(dir, "dbt_packages", "old", "dbt_project.yml")
		if err := os.MkdirAll(filepath.Dir(old), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(old, []byte("name: old"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := install(t, Request{Dir: dir, Hub: hub, Packages: specs(t, text)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
		if got := installed(t, dir); got != "old: name: old" {
			t.Errorf("%s: the old packages are gone: %s", text, got)
		}
	}
}

// TestTheHashIsThatOfDbt has checksums that dbt 1.11 wrote.
func TestTheHashIsThatOfDbt(t *testing.T) {
	for text, want := range map[string]string{
		"packages: [{package: dbt-labs/dbt_utils, version: 1.1.1}]":                       "a158c48c59c2bb7d729d2a4e215aabe5bb4f3353",
		"packages: [{package: calogica/dbt_date, version: [\">=0.10.0\", \"<0.11.0\"]}]":  "9a7ec4fe32e7a046491d56eb7ba6f0bd8e7d8999",
		"packages: [{git: 'https://example.com/y.git', revision: main, subdirectory: a}]": "c5b04520f071d6576e0d7ee867d5523dbb25c3cb",
		"packages: [{git: 'https://example.com/z.git'}]":                                  "7cde863415d6ae675add4ea0f1466bf7e97993ac",
		"packages: [{local: ../x}]":                                                       "2eb88687c82ae2cd966a476e338919651d83079e",
		"packages: [{tarball: 'http://example.com/y.tgz', name: y}]":                      "6b69f079e2fb5e99a818216951f5c46d91e1adc2",
	} {
		got, err := Hash(specs(t, text))
		if err != nil || got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}
