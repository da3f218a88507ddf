package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"
)

// scratchTables are those that clients change, and ordersThere how many rows the
// table of orders has.
const (
	scratchTables = 10
	ordersThere   = 500_000
)

// lastThingsWithin is how long the last things may take that clients do.
const lastThingsWithin = 2 * time.Minute

// mix lets clients do all kinds of things for a while. What is to be on record
// has a comment.
func mix(ctx context.Context, postgres, web, clients, duration string, m measurements) error {
	count, err := strconv.Atoi(clients)
	if err != nil {
		return err
	}
	long, err := time.ParseDuration(duration)
	if err != nil {
		return err
	}
	if err := makeScratch(ctx, postgres); err != nil {
		return err
	}
	begun, before := time.Now(), cpu()
	until := begun.Add(long)
	ctx, stop := context.WithTimeout(ctx, long+lastThingsWithin) // what hangs is an error
	defer stop()
	all := make([]*mixer, count)
	group, ctx := errgroup.WithContext(ctx)
	for i := range all {
		x := &mixer{number: i, url: postgres, web: web, took: measurements{}}
		all[i] = x
		group.Go(func() error { return x.mix(ctx, until) })
	}
	err = group.Wait()
	m.add("seconds", time.Since(begun).Seconds())
	for _, x := range all {
		m.with(x.took)
		m.add("statements", float64(x.sent))
	}
	m.add("CPU of the client", cpu()-before)
	return err
}

func makeScratch(ctx context.Context, url string) (err error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	for i := range scratchTables {
		if _, err := c.Exec(ctx, fmt.Sprintf("CREATE TABLE scratch_%d (client BIGINT, n BIGINT)", i)); err != nil {
			return err
		}
	}
	return nil
}

// mixer is a client.
type mixer struct {
	number   int
	url, web string
	c        *pgx.Conn
	took     measurements
	sent     int // what is to be on record
}

// mixture are the kinds of things that clients do, and how often of a hundred.
var mixture = []struct {
	name  string
	often int
	do    func(*mixer, context.Context) error
}{
	{"point", 40, (*mixer).point}, {"scan", 8, (*mixer).scan}, {"aggregate", 10, (*mixer).aggregate}, {"join", 8, (*mixer).join},
	{"explain", 5, (*mixer).explain}, {"prepared", 8, (*mixer).prepared}, {"cursor", 5, (*mixer).cursor}, {"cancel", 2, (*mixer).cancel},
	{"http", 8, (*mixer).http}, {"change", 3, (*mixer).change}, {"error", 2, (*mixer).wrong}, {"reconnect", 1, (*mixer).reconnect},
}

func (x *mixer) mix(ctx context.Context, until time.Time) (err error) {
	if x.c, err = pgx.Connect(ctx, x.url); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.c.Close(ctx)) }()
	for time.Now().Before(until) && ctx.Err() == nil {
		n, kind := rand.IntN(100), 0
		for ; n >= mixture[kind].often; kind++ {
			n -= mixture[kind].often
		}
		begun := time.Now()
		if err := mixture[kind].do(x, ctx); err != nil {
			return fmt.Errorf("client %d, %s: %w", x.number, mixture[kind].name, err)
		}
		x.took.add("took: "+mixture[kind].name, time.Since(begun).Seconds())
	}
	return nil
}

// one reads one value.
func (x *mixer) one(ctx context.Context, want, sql string, args ...any) error {
	x.sent++
	var got string
	err := x.c.QueryRow(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...).Scan(&got)
	if err == nil && got != want {
		err = fmt.Errorf("%s gives %q and not %q", sql, got, want)
	}
	return err
}

func (x *mixer) point(ctx context.Context) error {
	id := rand.Int64N(ordersThere)
	return x.one(ctx, strconv.FormatInt(id%5000, 10), "SELECT /*soak*/ customer::text FROM orders WHERE id = $1", id)
}

func (x *mixer) aggregate(ctx context.Context) error {
	return x.one(ctx, "3", "SELECT /*soak*/ count(*)::text FROM by_region WHERE orders > 100")
}

func (x *mixer) join(ctx context.Context) error {
	return x.one(ctx, "200", "SELECT /*soak*/ count(*)::text FROM orders o JOIN customers c ON c.id = o.customer WHERE c.id IN (7, 4711) AND o.note LIKE 'leave%'")
}

func (x *mixer) scan(ctx context.Context) error {
	x.sent++
	first := rand.Int64N(ordersThere - 3000)
	rows, err := wireRows(ctx, x.c, fmt.Sprintf("SELECT /*soak*/ * FROM orders WHERE id >= %d AND id < %d", first, first+3000), pgx.BinaryFormatCode)
	if err == nil && rows != 3000 {
		err = fmt.Errorf("there are %d rows", rows)
	}
	return err
}

// exec runs statements about the session, or others that are on record.
func (x *mixer) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if _, err := x.c.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

func (x *mixer) explain(ctx context.Context) error {
	return x.exec(ctx, "EXPLAIN SELECT region, count(*) FROM customers GROUP BY region")
}

func (x *mixer) prepared(ctx context.Context) error {
	x.sent += 3 // EXECUTE is on record as what it runs
	return x.exec(ctx, "PREPARE asked AS SELECT /*soak*/ price FROM orders WHERE id = $1 AND customer < $2",
		"EXECUTE asked (4711, 5000)", "EXECUTE asked (815, 5000)", "DEALLOCATE asked")
}

func (x *mixer) cursor(ctx context.Context) error {
	x.sent++
	return x.exec(ctx, "BEGIN", "DECLARE some CURSOR FOR SELECT /*soak*/ * FROM orders ORDER BY price DESC LIMIT 2000", "FETCH 100 FROM some", "FETCH 50 FROM some", "CLOSE some", "COMMIT")
}

// cancel stops a statement that would take hours. As PostgreSQL's, a cancel that
// comes before the statement has begun says nothing, so that it is sent until the
// statement has ended.
func (x *mixer) cancel(ctx context.Context) error {
	x.sent++
	ended, stopped := make(chan struct{}), make(chan error, 1)
	go func() { stopped <- x.cancelUntil(ctx, ended) }()
	_, err := x.c.PgConn().Exec(ctx, "SELECT /*soak*/ count(*) FROM orders a, orders b, customers c WHERE a.price < b.price").ReadAll()
	close(ended)
	if err := <-stopped; err != nil {
		return err
	}
	var told *pgconn.PgError
	if !errors.As(err, &told) || told.Code != "57014" {
		return fmt.Errorf("it was cancelled, and the client is told %w", err)
	}
	return nil
}

// cancelUntil sends cancels, each when the one before was taken.
func (x *mixer) cancelUntil(ctx context.Context, ended <-chan struct{}) error {
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-ended:
			return nil
		case <-every.C:
		}
		if err := x.c.PgConn().CancelRequest(ctx); err != nil {
			return fmt.Errorf("send a cancel: %w", err)
		}
	}
}

func (x *mixer) wrong(ctx context.Context) error {
	x.sent++
	_, err := x.c.PgConn().Exec(ctx, "SELECT /*soak*/ nothing FROM orders").ReadAll()
	var told *pgconn.PgError
	if !errors.As(err, &told) || told.Code != "42703" {
		return fmt.Errorf("a column that is not there: %w", err)
	}
	return nil
}

func (x *mixer) reconnect(ctx context.Context) (err error) {
	if err := x.c.Close(ctx); err != nil {
		return err
	}
	x.c, err = pgx.Connect(ctx, x.url)
	return err
}

// change appends rows, and now and then takes some back in a transaction. Where
// others were quicker it is done again, as clients do.
func (x *mixer) change(ctx context.Context) error {
	table := fmt.Sprintf("scratch_%d", x.number%scratchTables)
	if rand.IntN(5) > 0 {
		x.sent++
		return x.exec(ctx, fmt.Sprintf("INSERT INTO /*soak*/ %s SELECT %d, range FROM range(10)", table, x.number))
	}
	for {
		x.sent++
		err := x.exec(ctx, "BEGIN", fmt.Sprintf("DELETE FROM /*soak*/ %s WHERE client = %d", table, x.number), "COMMIT")
		var told *pgconn.PgError
		if !errors.As(err, &told) || told.Code != "40001" {
			return err
		}
		if x.c.PgConn().TxStatus() != 'I' {
			if err := x.exec(ctx, "ROLLBACK"); err != nil {
				return err
			}
		}
	}
}

func (x *mixer) http(ctx context.Context) error {
	x.sent++
	body, err := json.Marshal(map[string]any{"sql": "SELECT /*soak*/ region, orders FROM by_region ORDER BY 1", "wait": 60})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, x.web+"/api/v1/queries", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(`["EU",`))) {
		err = fmt.Errorf("the answer is %s: %s", answer.Status, text)
	}
	return err
}
