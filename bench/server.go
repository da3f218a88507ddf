package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// server is a tarn serve that runs.
type server struct {
	cmd *exec.Cmd
	at  string
}

var servedAt = regexp.MustCompile(`http://[^/\s]+`)

// serve starts a server over a project and waits until it says where it is.
func (l *lab) serve(ctx context.Context, project string, more ...string) (*server, error) {
	cmd := exec.CommandContext(ctx, l.tarn, append([]string{"serve", "--listen", "127.0.0.1:0", "--project-dir", project}, more...)...)
	said, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd}
	lines := bufio.NewScanner(said)
	for s.at == "" && lines.Scan() {
		s.at = servedAt.FindString(lines.Text())
	}
	if s.at == "" {
		return nil, errors.Join(errors.New("tarn serve does not say where it is"), s.stop())
	}
	go func() { _, _ = io.Copy(io.Discard, said) }() // ends with the process
	return s, nil
}

// servePostgres serves a project to clients of PostgreSQL, too, at a place of its
// own.
func (l *lab) servePostgres(ctx context.Context, dir string) (s *server, at string, err error) {
	var config net.ListenConfig
	free, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	at = free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, "", err
	}
	s, err = l.serve(ctx, dir, "--postgres", at)
	return s, at, err
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// peak is the most memory that the process has held.
func (s *server) peak() (string, error) {
	if _, err := os.Stat("/proc/self/status"); errors.Is(err, fs.ErrNotExist) {
		return "unknown but on Linux", nil
	}
	return s.status("VmHWM")
}

// status is what the kernel says of the process under a word, such as VmRSS.
func (s *server) status(word string) (string, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(status)) {
		if size, found := strings.CutPrefix(line, word+":"); found {
			return strings.TrimSpace(size), nil
		}
	}
	return "", fmt.Errorf("the kernel says nothing of %s", word)
}

// ask sends a request and reads the answer, which must have a status. It
// returns the answer's header.
func (s *server) ask(ctx context.Context, method, path string, body any, tag string, status int) (http.Header, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, s.at+path, content)
	if err != nil {
		return nil, err
	}
	if tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != status {
		err = fmt.Errorf("%s %s is answered with %s: %s", method, path, answer.Status, text)
	}
	return answer.Header, err
}

// createTables makes tables with twelve columns, table_<first> and those after
// it, by one transaction, unless they are there.
func (s *server) createTables(ctx context.Context, namespace []string, first, count int) error {
	path := "/v1/namespaces/" + strings.Join(namespace, "%1F")
	if _, err := s.ask(ctx, "HEAD", fmt.Sprintf("%s/tables/table_%05d", path, first), nil, "", http.StatusNoContent); err == nil {
		return nil
	}
	if _, err := s.ask(ctx, "HEAD", path, nil, "", http.StatusNoContent); err != nil {
		if _, err := s.ask(ctx, "POST", "/v1/namespaces", map[string]any{"namespace": namespace}, "", http.StatusOK); err != nil {
			return err
		}
	}
	changes := make([]any, count)
	for i := range changes {
		changes[i] = map[string]any{
			"identifier":   map[string]any{"namespace": namespace, "name": fmt.Sprintf("table_%05d", first+i)},
			"requirements": []any{map[string]any{"type": "assert-create"}}, "updates": newTableUpdates(),
		}
	}
	_, err := s.ask(ctx, "POST", "/v1/transactions/commit", map[string]any{"table-changes": changes}, "", http.StatusNoContent)
	return err
}

func newTableUpdates() []any {
	types := []string{"long", "string", "double", "timestamptz"}
	fields := make([]any, 12)
	for i := range fields {
		fields[i] = map[string]any{"id": i + 1, "name": fmt.Sprintf("column_%02d", i+1), "type": types[i%len(types)], "required": false, "doc": "what it says"}
	}
	return []any{
		map[string]any{"action": "upgrade-format-version", "format-version": 2},
		map[string]any{"action": "add-schema", "schema": map[string]any{"type": "struct", "schema-id": 0, "fields": fields}},
		map[string]any{"action": "set-current-schema", "schema-id": -1},
		map[string]any{"action": "add-spec", "spec": map[string]any{"spec-id": 0, "fields": []any{}}},
		map[string]any{"action": "set-default-spec", "spec-id": -1},
		map[string]any{"action": "add-sort-order", "sort-order": map[string]any{"order-id": 0, "fields": []any{}}},
		map[string]any{"action": "set-default-sort-order", "sort-order-id": -1},
	}
}

// p99 is the value below which 99 of 100 are.
func (m numbers) p99(name string) float64 {
	values := slices.Clone(m[name])
	slices.Sort(values)
	if len(values) == 0 {
		return 0
	}
	return values[min(len(values)-1, int(0.99*float64(len(values))))]
}
