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

// docs serve shows the files of the documentation to this machine, nothing else
// of the folder, and ends well when it is interrupted.
func TestDocsServeShowsTheDocumentationUntilItIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"dbt_project.yml": "name: shop\n", "target/index.html": "<p>page</p>", "target/manifest.json": "{}", "target/catalog.json": "{}", "target/secret.txt": "s",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	told, tell := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- Main(ctx, Program{Args: []string{"docs", "serve", "--port", "0", "--no-browser", "--project-dir", dir}, Out: io.Discard, Err: tell, Env: func(string) (string, bool) { return "", false }})
		_ = tell.Close()
	}()
	line, err := bufio.NewReader(told).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(line, "http://")
	address, _, _ := strings.Cut(rest, "/")
	for _, c := range []struct {
		host, path string
		status     int
		body       string
	}{
		{"", "/", 200, "<p>page</p>"}, {"", "/manifest.json", 200, "{}"}, {"", "/catalog.json", 200, "{}"},
		{"", "/secret.txt", 404, ""}, {"", "/../dbt_project.yml", 404, ""}, {"", "/run_results.json", 404, ""},
		{"elsewhere.example", "/manifest.json", 421, ""},
	} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != c.status || c.body != "" && string(body) != c.body {
			t.Errorf("%s of %q: %d %s", c.path, c.host, answer.StatusCode, body)
		}
	}
	interrupt()
	if got := <-code; got != exitSuccess {
		t.Errorf("it ended with %d", got)
	}
}
