package cli

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/secret"
)

// serveLimits serves an empty project with limits to the owner, and to anna, who
// is one of the analysts. It returns what the server said at first.
func serveLimits(t *testing.T, limits string) (s *served, said string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"dbt_project.yml": "name: shop\n", "tarn.yml": "serve:\n  limits:\n" + limits} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	addAnna(t, dir)
	ctx, interrupt := context.WithCancel(t.Context())
	told, tell := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- Main(ctx, Program{Args: []string{"serve", "--listen", "127.0.0.1:0", "--project-dir", dir}, Out: io.Discard, Err: tell,
			Env: func(name string) (string, bool) { return ownersToken, name == "TARN_SERVE_TOKEN" }})
		_ = tell.Close()
	}()
	lines := bufio.NewScanner(told)
	for !strings.Contains(said, "catalog is at") && lines.Scan() {
		said += lines.Text() + "\n"
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	t.Cleanup(func() {
		interrupt()
		if got := <-code; got != exitSuccess {
			t.Errorf("it ended with %d", got)
		}
	})
	_, rest, _ := strings.Cut(said, "http://")
	address, _, _ := strings.Cut(rest, "/")
	return &served{t, "http://" + address}, said
}

func addAnna(t *testing.T, dir string) {
	t.Helper()
	a, err := app.Open(app.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	known, err := a.Directory(t.Context())
	if err == nil {
		err = known.Add(t.Context(), identity.New{Kind: identity.Group, Name: "analysts"})
	}
	if err == nil {
		err = known.Add(t.Context(), identity.New{Kind: identity.User, Name: "anna", Roles: []identity.Role{identity.Reader}, Groups: []string{"analysts"}, Password: secret.New("correct horse battery")})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// wantQuery sends a query, and compares the status and a part of the answer.
func (s *served) wantQuery(who, body string, status int, text string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/api/v1/queries", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if r.Header.Set("Authorization", "Bearer "+ownersToken); who != "owner" {
		r.SetBasicAuth(who, "correct horse battery")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if got, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != status || !strings.Contains(string(got), text) {
		s.t.Errorf("%s as %s: %d %s %v, want %d %s", body, who, answer.StatusCode, got, err, status, text)
	}
}

// The limits of tarn.yml bound what clients run, names that nobody has are warned
// of, and the metrics tell what runs, waits and was refused.
func TestServeBoundsWhatRuns(t *testing.T) {
	s, said := serveLimits(t, "    running: 1\n    user: {queue: 1}\n    groups: {analyst: {running: 1}}\n")
	want := "tarn.yml:5:14: warning: unknown-principal: `serve.limits.groups` bounds `analyst`, and there is no group of this name\n  hint: did you mean analysts?"
	if !strings.Contains(said, want) {
		t.Errorf("it says\n%s", said)
	}
	const busy = `{"sql":"select count(*) from range(1000000000000)","wait":0}`
	s.wantQuery("owner", busy, 202, `"state":"running"`)
	s.wantQuery("owner", busy, 202, `"state":"queued"`)
	s.wantQuery("owner", busy, 429, `"code":"queue-full"`)
	_, metrics := s.get("", "/metrics")
	for _, line := range []string{`tarn_statements{state="running"} 1`, `tarn_statements{state="queued"} 1`, `tarn_statements_refused_total{why="queue-full"} 1`} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("the metrics do not say %s", line)
		}
	}
}

// A group with memory of its own has no more, and others have theirs.
func TestServeBoundsTheMemoryOfAGroup(t *testing.T) {
	s, _ := serveLimits(t, "    groups: {analysts: {memory: 64MB}}\n")
	const large = `{"sql":"select len(list(range)) as n from range(30000000)","wait":60}`
	s.wantQuery("anna", large, 503, `"code":"out-of-memory","hint":"raise engine.memory in tarn.yml, or the memory of the user or the group`)
	s.wantQuery("owner", large, 200, `"data":[[30000000]]`)
	s.wantQuery("anna", `{"sql":"select 1"}`, 200, `"data":[[1]]`)
}

// What a user has counts before what the groups have, also where it is more, and
// that of the owner is everybody's.
func TestServeBoundsTheMemoryOfAUser(t *testing.T) {
	s, said := serveLimits(t, "    users: {'user:anna': {memory: 64MB}, '"+identity.Current().Name+"': {memory: 64MB}}\n    groups: {analysts: {memory: 2GB}}\n")
	if !strings.Contains(said, "warning: memory-of-owner") {
		t.Errorf("it says\n%s", said)
	}
	const large = `{"sql":"select len(list(range)) as n from range(30000000)","wait":60}`
	s.wantQuery("anna", large, 503, `"code":"out-of-memory"`)
	s.wantQuery("owner", large, 200, `"data":[[30000000]]`)
	s.wantQuery("anna", `{"sql":"select 1"}`, 200, `"data":[[1]]`)
}
