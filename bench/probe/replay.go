package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// connectionsAtOnce is how many users are connected at once, sessions how often
// each of them connects, and shortest how many queries a session has at least:
// fewer queries are those of fewer users.
const (
	connectionsAtOnce = 32
	sessions          = 2
	shortest          = 50
)

// replay sends queries of users about the tables that each may read, and looks at
// every answer.
func replay(ctx context.Context, at string, queries, users, tables int, m measurements) error {
	begun, before := time.Now(), cpu()
	each := max(shortest, queries/(users*sessions))
	work, results := make(chan int), make(chan measurements, connectionsAtOnce)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(work)
		for n := range max(1, queries/each) {
			select {
			case work <- n % users:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range connectionsAtOnce {
		group.Go(func() error {
			own := measurements{}
			for user := range work {
				if err := replayed(ctx, at, user, each, tables, own); err != nil {
					return fmt.Errorf("%s: %w", replayUser(user), err)
				}
			}
			results <- own
			return nil
		})
	}
	err := group.Wait()
	m.add("seconds", time.Since(begun).Seconds())
	close(results)
	for own := range results {
		m.with(own)
	}
	m.add("CPU of the client", cpu()-before)
	return err
}

// replayed is one session of a user.
func replayed(ctx context.Context, at string, user, queries, tables int, m measurements) (err error) {
	config, err := pgx.ParseConfig("postgres://" + at + "/replay?sslmode=disable")
	if err != nil {
		return err
	}
	config.User, config.Password = replayUser(user), replayPassword(user)
	// Statements are sent once each: to have them prepared for later is of no use.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	begun := time.Now()
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	m.add("took: login", time.Since(begun).Seconds())
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	areas := (tables + tenTables - 1) / tenTables
	for range queries {
		first := (user/tenUsers + rand.IntN(2)) % areas * tenTables
		t := first + rand.IntN(min(tenTables, tables-first))
		other := first + rand.IntN(min(tenTables, tables-first))
		kind, sql, args, want := "point", fmt.Sprintf("SELECT /*soak*/ note FROM %s WHERE id = $1", replayTable(t)), []any{int64(t*3 + 1)}, "a note"
		switch n := rand.IntN(100); {
		case n < 15:
			kind, args, want = "aggregate", nil, "3"
			sql = fmt.Sprintf("SELECT /*soak*/ count(*)::text FROM (SELECT shop, amount, sum(amount) AS total FROM %s GROUP BY ALL)", replayTable(t))
		case n < 25:
			kind, args, want = "join", nil, "9"
			sql = fmt.Sprintf("SELECT /*soak*/ count(*)::text FROM %s a JOIN %s b USING (note)", replayTable(t), replayTable(other))
		}
		var got string
		begun := time.Now()
		if err := c.QueryRow(ctx, sql, args...).Scan(&got); err != nil || got != want {
			return errors.Join(err, fmt.Errorf("%s gives %q and not %q", sql, got, want))
		}
		m.add("took: "+kind, time.Since(begun).Seconds())
	}
	m.add("statements", float64(queries))
	return nil
}
