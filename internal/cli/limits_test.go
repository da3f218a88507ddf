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
)

// The limits of tarn.yml bound what clients run, names that nobody has are warned
// of, and the metrics tell what runs, waits and was refused.
func TestServeBoundsWhatRuns(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"dbt_project.yml": "name: shop\n",
		"tarn.yml":        "serve:\n  limits:\n    running: 1\n    user: {queue: 1}\n    groups: {analysts: {running: 1}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	told, tell := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- Main(ctx, Program{Args: []string{"serve", "--listen", "127.0.0.1:0", "--project-dir", dir}, Out: io.Discard, Err: tell, Env: os.LookupEnv})
		_ = tell.Close()
	}()
	var said strings.Builder
	lines := bufio.NewScanner(told)
	for !strings.Contains(said.String(), "catalog is at") && lines.Scan() {
		said.WriteString(lines.Text() + "\n")
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	if want := "tarn.yml:5:14: warning: unknown-principal: `serve.limits.groups` bounds `analysts`, and there is no group of this name"; !strings.Contains(said.String(), want) {
		t.Errorf("it says\n%s", said.String())
	}
	_, rest, _ := strings.Cut(said.String(), "http://")
	address, _, _ := strings.Cut(rest, "/")
	const busy = `{"sql":"select count(*) from range(1000000000000)","wait":0}`
	for _, c := range []struct {
		path, body string
		status     int
		text       string
	}{
		{"/api/v1/queries", busy, 202, `"state":"running"`},
		{"/api/v1/queries", busy, 202, `"state":"queued"`},
		{"/api/v1/queries", busy, 429, `"code":"queue-full"`},
		{"/metrics", "", 200, `tarn_statements{state="queued"} 1`},
		{"/metrics", "", 200, `tarn_statements_refused_total{why="queue-full"} 1`},
	} {
		method := map[bool]string{true: http.MethodPost, false: http.MethodGet}[c.body != ""]
		r, err := http.NewRequestWithContext(ctx, method, "http://"+address+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != c.status || !strings.Contains(string(body), c.text) {
			t.Errorf("%s: %d %s", c.path, answer.StatusCode, body)
		}
	}
	interrupt()
	if got := <-code; got != exitSuccess {
		t.Errorf("it ended with %d", got)
	}
}
