package sql

import (
	"bufio"
	"context"
	"errors"
	"io"
	"regexp"
	"testing"
)

// served is where a server is.
type served struct{ http, postgres string }

// serve starts a server before the lake.
func (l *lake) serve(t *testing.T) (at served) {
	t.Helper()
	cmd := l.command(context.Background(), "serve", "--listen", "127.0.0.1:0", "--postgres", "127.0.0.1:0")
	told, tell := io.Pipe()
	cmd.Stderr = tell
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(cmd.Cancel(), cmd.Wait(), told.Close()); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	for lines := bufio.NewScanner(told); (at.http == "" || at.postgres == "") && lines.Scan(); {
		if url := regexp.MustCompile(`(http|postgres)://[^/]+(/\w+)?`).FindStringSubmatch(lines.Text()); url != nil {
			*map[string]*string{"http": &at.http, "postgres": &at.postgres}[url[1]] = url[0]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	if at.http == "" || at.postgres == "" {
		t.Fatal("the server did not say where it is")
	}
	return at
}
