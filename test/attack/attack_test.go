//go:build duckdb_arrow

// Package attack attacks `tarn serve`, as a process, and the command line from
// outside, by every protocol: what policies hide, and what is no part of the
// lake, must not come out, be changed, or be told of.
//
// It promises that each attack works where its defence is not there: the same
// words give an owner, whom no policy keeps away, the secret or the change, and
// an engine that is not locked down the file. It leaves to the packages' own
// tests what does not need a whole project.
package attack

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// binary is the program that is attacked.
var binary string

func TestMain(m *testing.M) { os.Exit(withBinary(m)) }

func withBinary(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tarn-attack-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "tarn")
	build := exec.Command("go", "build", "-tags", "duckdb_arrow", "-o", binary, "github.com/tarn-lake/tarn/cmd/tarn")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the binary: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// secret is in what is hidden, and nowhere else.
const secret = "plan-"

// files are a project: analysts see the namespaces shop and main, but for what is
// tagged pii; cat has the namespace mine; etl inserts orders, up changes them,
// and mak makes tables in shop.
var files = map[string]string{
	"dbt_project.yml": "name: house\nmodels:\n  +materialized: view\nseeds:\n  house:\n    shop: {+schema: shop}\n    secret: {+schema: secret}\n" +
		"    mine: {+schema: mine}\n    lists: {+schema: lists}\n",
	"macros/schema.sql":      "{% macro generate_schema_name(custom, node) %}{{ custom or 'main' }}{% endmacro %}",
	"seeds/shop/items.csv":   "id,text\n1,item\n2,item\n3,item\n",
	"seeds/shop/orders.csv":  "id,text\n1,order\n2,order\n3,order\n",
	"seeds/shop/people.csv":  "id,text\n1,plan-b\n2,public\n3,plan-c\n",
	"seeds/secret/plans.csv": "id,text\n1,plan-b\n2,public\n3,plan-c\n",
	"seeds/mine/notes.csv":   "id,text\n1,note\n",
	"seeds/hoard.csv":        "id,text\n1,plan-b\n",
	"seeds/properties.yml":   "seeds:\n  - {name: people, config: {tags: [pii]}}\n  - {name: hoard, config: {tags: [pii]}}\n",
	"models/part.sql":        "select id, text from {{ ref('plans') }} where id = 2",
	"models/numbers.sql":     "select id, cast(replace(text, 'public', '2') as integer) as n from {{ ref('plans') }} where id = 2 or text <> 'x'",
	"models/parsed.sql":      "select id, strptime(text, '%Y') as day from {{ ref('plans') }} where id = 2 or text <> 'x'",
	"models/judged.sql":      "select id, case when text = 'public' then 1 else error('it is ' || text) end as n from {{ ref('plans') }}",
	"models/matched.sql":     "select id, regexp_matches('x', '(' || text) as is from {{ ref('plans') }}",
	"models/documents.sql":   "select id, json_extract('{' || text, '$.a') as a from {{ ref('plans') }}",
	"models/days.sql":        "select id, cast(text as date) as day from {{ ref('plans') }}",
	"models/blobs.sql":       "select id, cast('\\x' || text as blob) as b, cast(text as uuid) as u from {{ ref('plans') }}",
	"tests/bad_plans.sql":    "{{ config(severity='warn') }} select * from {{ ref('plans') }} where text = 'plan-b'",
	"ingest/raw.yml":         "source: raw\ntables:\n  people: {from: file, path: 'data/*.csv', tags: [pii], columns: {id: long, born: date}}\n",
	"data/people-plan-b.csv": "id,born\n1,2000-01-01\n2,plan-b\n",
	"policies/house.cedar":   house,
	"tarn.yml":               "audit: {keep: 1d}\n",
}

const house = `
@id("analysts") permit(principal in Role::"analyst", action == Action::"select", resource) when { resource.name != "" }
  unless { resource in Namespace::"secret" || resource in Namespace::"mine" };
@id("no pii") forbid(principal, action == Action::"select", resource is Table) when { resource.tags.contains("pii") } unless { principal in Role::"owner" };
@id("walled") forbid(principal, action == Action::"create", resource is Table) when { resource.tags.contains("pii") } unless { principal in Role::"owner" };
@id("moat") forbid(principal, action == Action::"create", resource in Namespace::"secret") unless { principal in Role::"owner" };
@id("own") permit(principal == User::"cat", action, resource in Namespace::"mine");
@id("people") permit(principal == User::"cat", action == Action::"alter", resource == Table::"shop.people");
@id("loader") permit(principal == User::"etl", action == Action::"insert", resource == Table::"shop.orders");
@id("changes") permit(principal == User::"up", action in [Action::"select", Action::"update", Action::"delete"], resource == Table::"shop.orders");
@id("blind") permit(principal == User::"blind", action in [Action::"update", Action::"delete", Action::"insert", Action::"alter", Action::"drop"], resource == Table::"secret.plans");
`

// people are who is known, with their roles.
var people = map[string]string{"ada": "owner", "bob": "analyst", "cat": "", "etl": "", "up": "", "blind": "", "none": "", "rita": "reader"}

const password = "correct horse battery"

// target is a project that is served.
type target struct {
	t   *testing.T
	dir string
	// url and postgres are where it is served.
	url, postgres string
	tokens        map[string]string
	log           *log
}

// newTarget makes the project and serves it.
func newTarget(t *testing.T) *target {
	t.Helper()
	g := &target{t: t, dir: t.TempDir(), tokens: map[string]string{}}
	for name, text := range files {
		g.write(name, text)
	}
	for name, role := range people {
		args := []string{"user", "add", name, "--password-stdin"}
		if role != "" {
			args = append(args, "--role", role)
		}
		g.must(password, args...)
		g.tokens[name] = strings.TrimSpace(g.must("", "token", "create", name, "--scope", "read,write"))
	}
	g.must("", "build", "--quiet")
	g.serve()
	return g
}

func (g *target) write(name, text string) {
	g.t.Helper()
	path := filepath.Join(g.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

func (g *target) command(ctx context.Context, stdin string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir, cmd.Stdin = g.dir, strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	return cmd
}

// must runs a command that has to succeed and returns what it printed.
func (g *target) must(stdin string, args ...string) string {
	g.t.Helper()
	cmd := g.command(g.t.Context(), stdin, args...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		g.t.Fatalf("tarn %s: %v\n%s%s", strings.Join(args, " "), err, out, said.String())
	}
	return string(out)
}

// serve starts the server; it ends with the test.
func (g *target) serve() {
	g.t.Helper()
	cmd := g.command(context.WithoutCancel(g.t.Context()), "", "serve", "--listen", "127.0.0.1:0", "--postgres", "127.0.0.1:0")
	told, tell := io.Pipe()
	cmd.Stderr = tell
	if err := cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	lines := bufio.NewScanner(told)
	var said strings.Builder
	for g.url == "" && lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if at := regexp.MustCompile(`postgres://(\S+)`).FindStringSubmatch(lines.Text()); at != nil {
			g.postgres = at[1]
		}
		g.url = regexp.MustCompile(`http://[^/]+`).FindString(lines.Text())
		if strings.Contains(lines.Text(), "error") {
			break
		}
	}
	g.log = follow(lines)
	g.t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			g.t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			g.t.Errorf("the server ended with %v", err)
		}
		_ = tell.Close()
	})
	if g.url == "" {
		g.t.Fatal("the server did not say where it is:\n", said.String())
	}
}

// log is what the server says.
type log struct{ lines chan string }

func follow(lines *bufio.Scanner) *log {
	l := &log{make(chan string, 10000)}
	go func() {
		defer close(l.lines)
		for lines.Scan() {
			l.lines <- lines.Text()
		}
	}()
	return l
}

// until waits for a line that has a text.
func (l *log) until(t *testing.T, text string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	for {
		select {
		case line, more := <-l.lines:
			if strings.Contains(line, text) {
				return
			}
			if !more {
				t.Fatalf("the server ended before it said %q", text)
			}
		case <-ctx.Done():
			t.Fatalf("the server does not say %q", text)
		}
	}
}
