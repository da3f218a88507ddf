package metadb

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// numberOf is under what a connection that watches keeps its number.
const numberOf = "tarn.number"

// fewOfMany lets the server plan once for all looks. It cannot know then that
// what has changed is a handful of rows among many, so it is told to find them by
// an index.
const fewOfMany = `SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off`

// watching prepares the one connection that looks what has changed.
func watching(config pgx.ConnConfig) *sql.DB {
	pool := stdlib.OpenDB(config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		c.PgConn().CustomData()[numberOf] = connections.Add(1)
		_, err := c.Exec(ctx, fewOfMany)
		return err
	}))
	pool.SetMaxOpenConns(1)
	pool.SetMaxIdleConns(1)
	return pool
}

// since reads the news, or all where the connection is not the one of then: a
// connection outlives neither its server nor a change to another one, so that
// what is known of a state is known of this server's.
func (s *server) since(ctx context.Context, before version, whole func(Tx) error, news func(Reader) error) (now version, err error) {
	err = s.explain(again(ctx, func() error {
		return through(ctx, s.watcher, func(conn *sql.Conn) error {
			err := raw(conn, func(c *pgx.Conn) error {
				n, ok := c.PgConn().CustomData()[numberOf].(int64)
				if !ok {
					return errors.New("the connection has no number")
				}
				now = version{connection: n}
				return nil
			})
			switch {
			case err != nil:
				return err
			case now == before:
				return looked(ctx, conn, news)
			}
			return transact(ctx, conn, beginRead, whole, endRead)
		})
	}))
	return now, err
}
