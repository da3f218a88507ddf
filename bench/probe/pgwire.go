package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// wireFormats are the formats in which rows come.
var wireFormats = map[string]int16{"text": pgtype.TextFormatCode, "binary": pgtype.BinaryFormatCode}

// pointQueries is how many rows are asked for one by one in a round.
const pointQueries = 200

// wire reads the same table from servers that speak PostgreSQL's protocol: all
// of its rows, and single ones through an open connection.
func wire(ctx context.Context, tarn, postgres string, rounds int, m measurements) error {
	for range rounds {
		for name, url := range map[string]string{"tarn": tarn, "postgres": postgres} {
			if err := wireRound(ctx, name, url, m); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func wireRound(ctx context.Context, name, url string, m measurements) (err error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	for format, code := range wireFormats {
		begun := time.Now()
		rows, err := wireRows(ctx, c, "SELECT * FROM orders", code)
		if err != nil {
			return err
		}
		m.add(name+" "+format, float64(rows)/time.Since(begun).Seconds())
	}
	for i := range pointQueries {
		begun := time.Now()
		var customer string
		if err := c.QueryRow(ctx, "SELECT customer FROM orders WHERE id = $1", int64(i*9973)).Scan(&customer); err != nil {
			return err
		}
		m.add(name+" point", time.Since(begun).Seconds())
	}
	return nil
}

// wireRows reads all rows of a statement and keeps none.
func wireRows(ctx context.Context, c *pgx.Conn, sql string, format int16) (rows int, err error) {
	reader := c.PgConn().ExecParams(ctx, sql, nil, nil, nil, []int16{format})
	for reader.NextRow() {
		rows++
	}
	_, err = reader.Close()
	return rows, err
}

// long reads a long result.
func long(ctx context.Context, url, sql string, m measurements) (err error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	begun := time.Now()
	rows, err := wireRows(ctx, c, sql, pgtype.TextFormatCode)
	m.add("rows", float64(rows))
	m.add("rows/s", float64(rows)/time.Since(begun).Seconds())
	return err
}
