//go:build engines

package databases

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var largeRows = flag.Int("rows", 20_000_000, "rows of the large table; -short takes a million")

// project is a project whose ingest file is written by the test.
type project struct {
	dir  string
	tarn string
	env  []string
}

// newProject writes a project with one source, raw, that has one table, orders.
func newProject(t testing.TB, settings string, env ...string) *project {
	t.Helper()
	tarn, err := filepath.Abs("../../../bin/tarn")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tarn); err != nil {
		t.Fatal("make build first:", err)
	}
	p := &project{dir: t.TempDir(), tarn: tarn, env: env}
	p.write(t, "dbt_project.yml", "name: load\nversion: '1.0'\n")
	p.configure(t, settings)
	return p
}

// configure writes the ingest file anew.
func (p *project) configure(t testing.TB, settings string) {
	t.Helper()
	p.write(t, "ingest/raw.yml", "source: raw\ntables:\n  orders:\n"+settings)
}

func (p *project) write(t testing.TB, name, content string) {
	t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p *project) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.tarn, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), p.env...)
	return cmd
}

func (p *project) run(t testing.TB, args ...string) string {
	t.Helper()
	return must(t, p.command(t.Context(), args...))
}

// query returns a query's rows as CSV without names, by spaces.
func (p *project) query(t testing.TB, sql string) string {
	t.Helper()
	cmd := p.command(t.Context(), "query", sql, "--output", "csv")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	_, rows, _ := strings.Cut(string(out), "\n")
	return strings.Join(strings.Split(strings.TrimSpace(rows), "\n"), " ")
}

func TestRegionalDatabasesBecomeOneTable(t *testing.T) {
	server := startPostgres(t)
	for region, first := range map[string]int{"north": 1, "south": 1001} {
		server.sql(t, "postgres", "CREATE DATABASE "+region)
		server.sql(t, region, "CREATE TABLE orders (id int PRIMARY KEY, amount numeric(10,2), updated_at timestamptz DEFAULT '2026-01-01')",
			fmt.Sprintf("INSERT INTO orders SELECT g, g / 10.0 FROM generate_series(%d, %d) g", first, first+99))
	}
	p := newProject(t, fmt.Sprintf(`    from: postgres
    mode: merge
    primary_key: [id]
    cursor: updated_at
    deletes: hard
    origins:
      north: {connection: "%s"}
      south: {connection: "%s"}
`, server.URL("north"), server.URL("south")))
	const state = "SELECT _tarn_origin || ':' || count(*) || ':' || sum(amount) FROM raw.orders GROUP BY _tarn_origin ORDER BY 1"
	p.run(t, "ingest")
	if got := p.query(t, state); got != "north:100:505.00 south:100:10505.00" {
		t.Fatal("first:", got)
	}
	server.sql(t, "north", "INSERT INTO orders VALUES (500, 1, '2026-01-02')", "UPDATE orders SET amount = 0, updated_at = '2026-01-03' WHERE id = 1")
	server.sql(t, "south", "DELETE FROM orders WHERE id > 1050")
	p.run(t, "ingest")
	if got := p.query(t, state); got != "north:101:505.90 south:50:5127.50" {
		t.Error("changed, added, deleted:", got)
	}
	p.run(t, "ingest")
	if got := p.query(t, state); got != "north:101:505.90 south:50:5127.50" {
		t.Error("nothing new:", got)
	}
}

func TestNumericsWithoutAPrecisionGetTheDigitsThatTheyNeed(t *testing.T) {
	server := startPostgres(t)
	server.sql(t, "postgres", "CREATE TABLE orders (id int, amount numeric, huge numeric, filler text)",
		`INSERT INTO orders SELECT g, CASE WHEN g < 200000 THEN g ELSE g / 1000.0::numeric(10,4) END, CASE WHEN g = 300000 THEN '1e40'::numeric + 0.5 ELSE g END, repeat('x', 200)
		 FROM generate_series(1, 300000) g`)
	p := newProject(t, "    from: postgres\n    connection: "+server.URL("postgres")+"\n    mode: replace\n    parallel: 3\n")
	p.run(t, "ingest")
	want := server.sql(t, "postgres", "SELECT count(*) || ':' || trim_scale(sum(amount)) || ':' || max(huge::text) FROM orders WHERE id > 299998")
	got := p.query(t, "SELECT count(*) || ':' || rtrim(sum(amount)::varchar, '0') || ':' || max(huge) FROM raw.orders WHERE id > 299998")
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := p.query(t, "SELECT typeof(any_value(amount)) || ' ' || typeof(any_value(huge)) || ' ' || count(*) FROM raw.orders"); !strings.HasPrefix(got, "\"DECIMAL(38,") || !strings.HasSuffix(got, ") VARCHAR 300000\"") {
		t.Error(got)
	}
}

func TestMariaDBIsLoadedWithAPasswordFromTheEnvironment(t *testing.T) {
	server := startMariaDB(t)
	server.sql(t, "shop", "CREATE TABLE orders (id bigint unsigned PRIMARY KEY, placed_at datetime(6), note varchar(100))",
		"INSERT INTO orders SELECT seq, '2026-01-01' + INTERVAL seq SECOND, concat('note ', seq) FROM seq_1_to_200000")
	settings := fmt.Sprintf("    from: mysql\n    connection: mysql://reader:${env:SHOP_PASSWORD}@127.0.0.1:%d/shop\n    cursor: placed_at\n    mode: append\n", server.Port)
	p := newProject(t, settings, "SHOP_PASSWORD=pass/w@rd")
	t.Log(p.run(t, "ingest"))
	const sums = "SELECT count(*) || ':' || sum(id) || ':' || max(placed_at) || ':' || min(length(note)) FROM raw.orders"
	if got := p.query(t, sums); got != "200000:20000100000:2026-01-03 07:33:20:6" {
		t.Error(got)
	}
	server.sql(t, "shop", "INSERT INTO orders VALUES (18446744073709551615, '2026-02-01', 'last')")
	p.run(t, "ingest")
	if got := p.query(t, "SELECT count(*) || ':' || max(id) FROM raw.orders"); got != "200001:18446744073709551615" {
		t.Error(got)
	}
	p.env = []string{"SHOP_PASSWORD=not-this-one"}
	out, err := p.command(t.Context(), "ingest").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no-connection") || strings.Contains(string(out), "not-this-one") {
		t.Errorf("with a wrong password: %v\n%s", err, out)
	}
}

func TestALoadThatIsKilledAndRunAgainGivesTheTable(t *testing.T) {
	server := startPostgres(t)
	server.sql(t, "postgres", makeOrders(500_000))
	want := server.sql(t, "postgres", "SELECT count(*) || ':' || sum(id) || ':' || sum(price) || ':' || sum(length(customer)) FROM orders")
	for _, mode := range []string{"mode: replace", "mode: append\n    cursor: id"} {
		p := newProject(t, "    from: postgres\n    connection: "+server.URL("postgres")+"\n    "+mode+"\n")
		killed := 0
		for delay := 200 * time.Millisecond; ; delay += delay / 2 {
			cmd := p.command(context.Background(), "ingest")
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
			err := cmd.Wait()
			timer.Stop()
			if err == nil {
				break
			}
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("%v\n%s", err, out.String())
			}
			killed++
		}
		got := p.query(t, "SELECT count(*) || ':' || sum(id) || ':' || sum(price) || ':' || sum(length(customer)) FROM raw.orders")
		if got != want || killed == 0 {
			t.Errorf("%s: killed %d times, then %s, want %s", mode, killed, got, want)
		}
	}
}

// makeOrders is the statement that makes a table of n orders.
func makeOrders(n int) string {
	return fmt.Sprintf(`CREATE TABLE orders AS SELECT g AS id, timestamptz '2025-01-01' + g * interval '1.5 seconds' AS placed_at,
  'C' || (g::bigint * 7919 %% 500000) AS customer, (ARRAY['United Kingdom','France','Germany','Norway'])[1 + g %% 4] AS country,
  g %% 100 AS quantity, (g::bigint * 31 %% 1000000 / 100.0)::numeric(18,2) AS price, g %% 10 > 0 AS paid, 'leave at the door' AS note
FROM generate_series(1, %d) g`, n)
}

func TestALargeTableTakesLittleMemory(t *testing.T) {
	n := *largeRows
	if testing.Short() {
		n = min(n, 1_000_000)
	}
	server := startPostgres(t, "shared_buffers=256MB")
	server.sql(t, "postgres", makeOrders(n), "VACUUM ANALYZE orders")
	p := newProject(t, "    from: postgres\n    connection: "+server.URL("postgres")+"\n    mode: replace\n", "TARN_ENGINE_MEMORY=512MB")

	begun := time.Now()
	server.sql(t, "postgres", fmt.Sprintf(`\copy orders TO '%s'`, filepath.Join(p.dir, "orders.csv")))
	peer := time.Since(begun)
	if err := os.Remove(filepath.Join(p.dir, "orders.csv")); err != nil {
		t.Fatal(err)
	}
	begun = time.Now()
	cmd := p.command(t.Context(), "ingest")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	took := time.Since(begun)
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024

	rate := func(d time.Duration) float64 { return float64(n) / d.Seconds() }
	t.Logf("%d rows: tarn %.0f rows/s into a committed table, psql \\copy to a file %.0f rows/s: %.2f of it; %d MB resident at most",
		n, rate(took), rate(peer), rate(took)/rate(peer), peak/1_000_000)
	if peak > 1_000_000_000 {
		t.Errorf("%d bytes resident", peak)
	}
	want := server.sql(t, "postgres", "SELECT count(*) || ':' || sum(id) || ':' || sum(price) FROM orders")
	if got := p.query(t, "SELECT count(*) || ':' || sum(id) || ':' || sum(price) FROM raw.orders"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
