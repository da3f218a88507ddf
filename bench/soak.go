package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// soakSize says how much is soaked.
type soakSize struct {
	clients, queries, users, tables int
	duration                        time.Duration
}

func (s *soakSize) flags(f *flag.FlagSet) {
	f.IntVar(&s.clients, "clients", 100, "soak_mixed: clients at once")
	f.DurationVar(&s.duration, "duration", 20*time.Minute, "soak_mixed: how long; memory is judged in the second half")
	f.IntVar(&s.queries, "queries", 400_000, "soak_replay: queries")
	f.IntVar(&s.users, "users", 1000, "soak_replay: users")
	f.IntVar(&s.tables, "tables", 10_000, "soak_replay: tables")
}

// soaks are cases that take long: only who names them gets them.
var soaks = []benchCase{mixed, replay}

// mixed has many clients do all kinds of things at once.
var mixed = benchCase{
	name:  "soak_mixed",
	about: "clients that query, change, cancel and reconnect at once, over PostgreSQL's protocol and HTTP: no error, flat memory, a whole record",
	figures: func(ctx context.Context, l *lab, _ int) ([]figure, error) {
		dir, err := os.MkdirTemp(l.work, "mixed")
		if err != nil {
			return nil, err
		}
		for file, text := range map[string]string{
			"dbt_project.yml":      "name: mixed\nversion: '1.0'\n",
			"tarn.yml":             "engine: {memory: 1GB}\nhistory: {max_snapshot_age: 1s, min_snapshots_to_keep: 5}\n",
			"models/orders.sql":    "{{ config(materialized='table') }}\nSELECT range AS id, range % 5000 AS customer, (range * 31 % 100000)::DECIMAL(18,2) / 100 AS price, 'leave at the door' AS note FROM range(500000)\n",
			"models/customers.sql": "{{ config(materialized='table') }}\nSELECT range AS id, 'customer ' || range AS name, ['EU', 'US', 'JP'][1 + range % 3] AS region FROM range(5000)\n",
			"models/by_region.sql": "{{ config(materialized='view') }}\nSELECT region, count(*) AS orders, sum(price) AS turnover FROM {{ ref('orders') }} o JOIN {{ ref('customers') }} c ON o.customer = c.id GROUP BY region\n",
		} {
			if err := writeProjectFile(dir, file, text); err != nil {
				return nil, err
			}
		}
		if _, err := (command{args: []string{l.tarn, "build", "--project-dir", dir}}).run(ctx); err != nil {
			return nil, err
		}
		return l.soaked(ctx, dir, true, func(s *server, at string) []string {
			return []string{"mixed", "postgres://bench@" + at + "/mixed?sslmode=disable", s.at, strconv.Itoa(l.soak.clients), l.soak.duration.String()}
		})
	},
}

// replay has the statements of a month of a large company.
var replay = benchCase{
	name:  "soak_replay",
	about: "400,000 queries of 1,000 users over 10,000 tables, each on record as it is submitted and as it ends",
	figures: func(ctx context.Context, l *lab, _ int) ([]figure, error) {
		size := []string{strconv.Itoa(l.soak.users), strconv.Itoa(l.soak.tables)}
		dir := l.dataFile("replay-" + strings.Join(size, "-"))
		if err := l.replayProject(ctx, dir, size); err != nil {
			return nil, err
		}
		return l.soaked(ctx, dir, l.soak.queries >= eachTable*l.soak.tables, func(_ *server, at string) []string {
			return append([]string{"replay", at, strconv.Itoa(l.soak.queries)}, size...)
		})
	},
}

// replayProject makes the tables and the users, once.
func (l *lab) replayProject(ctx context.Context, dir string, size []string) error {
	mark := filepath.Join(dir, "complete")
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	fmt.Fprintf(os.Stderr, "bench: making %s users and %s tables\n", size[0], size[1])
	if err := writeProjectFile(dir, "dbt_project.yml", "name: replay\nversion: '1.0'\n"); err != nil {
		return err
	}
	if _, err := (command{args: []string{l.tarn, "query", "--project-dir", dir, "select 1"}}).run(ctx); err != nil { // makes the databases
		return err
	}
	if _, err := l.probe(ctx, append([]string{"replay-fill", dir}, size...)...); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o644)
}

// eachTable is how often each table is asked for, at least, where the memory of a
// replay is judged: what the engine keeps of files grows with the tables that it
// has met.
const eachTable = 20

// soaked lets a probe work against a server, and judges the server and its
// record; known is that it gets to know all that there is.
func (l *lab) soaked(ctx context.Context, dir string, known bool, args func(s *server, at string) []string) (figures []figure, err error) {
	s, at, err := l.servePostgres(ctx, dir)
	if err != nil {
		return nil, err
	}
	earlier, err := l.onRecord(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	before := s.cpu()
	seen := s.watch()
	m, err := l.probe(ctx, args(s, at)...)
	used := s.cpu() - before
	memory, watched := seen()
	peak, peaked := s.status("VmHWM")
	if err = errors.Join(err, watched, peaked, s.stop()); err != nil {
		return nil, err
	}
	said, grows := memory.flat(known)
	record, incomplete := l.recorded(ctx, dir, earlier, int(m.sum("statements")))
	n, took := m.sum("statements"), m.sum("seconds")
	figures = append(figures,
		figure{"statements", fmt.Sprintf("%.0f in %.0f s: %.0f/s, of the server %.1f ms of CPU each", n, took, n/took, 1000*used/n), "",
			fmt.Sprintf("%d cores, of which the client has %.1f ms for each", cores(), 1000*m.sum("CPU of the client")/n)},
		figure{"memory of the server", said + "; " + peak + " at most", fmt.Sprintf("grows by less than %.0f%%", 100*mayGrow), ""},
		figure{"the record", record, "each statement, ended", ""})
	if m["took: login"] != nil {
		figures = append(figures, figure{"time for 400,000 at this rate", fmt.Sprintf("%.0f minutes", 400_000/(n/took)/60), "about an hour", ""})
	}
	for _, kind := range m.kinds("took: ") {
		figures = append(figures, figure{kind, m.milliseconds("took: "+kind) + fmt.Sprintf(", %d times", len(m["took: "+kind])), "", ""})
	}
	if err := errors.Join(grows, incomplete); err != nil {
		fmt.Print((&result{benchCase: benchCase{name: "soak", about: "it failed"}, said: figures}).String())
		return nil, err
	}
	return figures, nil
}
