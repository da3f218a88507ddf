package process

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serveSteps are those at which a server can be killed in the middle of a
// change.
var serveSteps = []string{
	"lake.stage-journaled:1", "lake.stage-journaled:2",
	"lake.metadata-written:1", "lake.metadata-written:2",
	"lake.commit.before-swap:1", "lake.synced:1", "lake.commit.in-transaction:1", "lake.commit.after-commit:1",
}

// serving is a server that runs.
type serving struct {
	t   *testing.T
	url string
	// postgres is where clients of PostgreSQL connect.
	postgres string
	cmd      *exec.Cmd
	logs     *io.PipeReader
}

func serve(t *testing.T, p project, env ...string) *serving {
	t.Helper()
	cmd := p.command(context.WithoutCancel(t.Context()), env, "serve", "--listen", "127.0.0.1:0", "--postgres", "127.0.0.1:0")
	told, tell := io.Pipe()
	cmd.Stderr = tell
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &serving{t: t, cmd: cmd, logs: told}
	lines := bufio.NewScanner(told)
	for lines.Scan() {
		if at := regexp.MustCompile(`postgres://(\S+)`).FindStringSubmatch(lines.Text()); at != nil {
			s.postgres = "postgres://owner@" + at[1] + "?sslmode=disable"
		}
		if at := regexp.MustCompile(`http://[^/]+`).FindString(lines.Text()); at != "" {
			s.url = at
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	if s.url == "" {
		t.Fatal("the server did not say where it is")
	}
	return s
}

// end waits for the process, which was told to stop or died.
func (s *serving) end() error {
	err := s.cmd.Wait()
	_ = s.logs.Close()
	return err
}

func (s *serving) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.end(); err != nil {
		s.t.Errorf("the server ended with %v", err)
	}
}

// ask returns the status and the answer; 0 is none.
func (s *serving) ask(method, path, body string) (int, string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(text)
}

func (s *serving) must(method, path, body string) string {
	s.t.Helper()
	status, text := s.ask(method, path, body)
	if status/100 != 2 {
		s.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	return text
}

func transaction(value string) string {
	change := `{"identifier":{"namespace":["shop"],"name":%q},"requirements":[],"updates":[{"action":"set-properties","updates":{"k":%q}}]}`
	return `{"table-changes":[` + fmt.Sprintf(change, "a", value) + "," + fmt.Sprintf(change, "b", value) + `]}`
}

// A server that is killed at any step of a change of two tables has changed
// both or none, the next one serves them, and clean removes what is left.
func TestAServerThatIsKilledHasChangedAllOrNothing(t *testing.T) {
	p := newProject(t)
	s := serve(t, p)
	s.must("POST", "/v1/namespaces", `{"namespace":["shop"]}`)
	for _, table := range []string{"a", "b"} {
		s.must("POST", "/v1/namespaces/shop/tables", `{"name":"`+table+`","properties":{"k":"first"},"schema":{"type":"struct","fields":[{"id":1,"name":"id","required":true,"type":"long"}]}}`)
	}
	s.stop()
	value := regexp.MustCompile(`"k":"([^"]*)"`)
	for _, step := range serveSteps {
		s := serve(t, p, "TARN_CRASH_AT="+step)
		status, text := s.ask("POST", "/v1/transactions/commit", transaction(step))
		if status != 0 {
			t.Errorf("%s: the server answered %d %s", step, status, text)
		}
		if err := s.end(); err == nil {
			t.Errorf("%s: the server ended well", step)
		}
		s = serve(t, p)
		a := value.FindStringSubmatch(s.must("GET", "/v1/namespaces/shop/tables/a", ""))[1]
		b := value.FindStringSubmatch(s.must("GET", "/v1/namespaces/shop/tables/b", ""))[1]
		if a != b || (a == step) != strings.Contains(step, "after-commit") {
			t.Errorf("%s: a has %s, b %s", step, a, b)
		}
		p.must("clean")
		nothingOrphaned(t, p)
		s.must("POST", "/v1/transactions/commit", transaction("after "+step))
		s.stop()
	}
	p.must("clean")
	nothingOrphaned(t, p)
}
