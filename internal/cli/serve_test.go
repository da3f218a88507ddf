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

// serve answers as the Iceberg REST catalog of the project's lake, for those
// who have the token, and ends well when it is interrupted.
func TestServeServesTheLakeUntilItIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "dbt_project.yml"), []byte("name: shop\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	const token = "0123456789abcdef"
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	told, tell := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- Main(ctx, Program{Args: []string{"serve", "--listen", "127.0.0.1:0", "--project-dir", dir}, Out: io.Discard, Err: tell,
			Env: func(name string) (string, bool) { return token, name == "TARN_SERVE_TOKEN" }})
		_ = tell.Close()
	}()
	line, err := bufio.NewReader(told).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(line, "http://")
	address, _, _ := strings.Cut(rest, "/")
	for _, c := range []struct {
		token, path string
		status      int
		text        string
	}{
		{"", "/readyz", 200, "ready"}, {"", "/v1/namespaces", 401, "NotAuthorizedException"}, {token, "/v1/namespaces", 200, `"namespaces":[]`},
		{"", "/metrics", 200, `tarn_requests_total{endpoint="GET /v1/{prefix}/namespaces",status="401"} 1`},
	} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
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
