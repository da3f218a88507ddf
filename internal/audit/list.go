package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Filter chooses statements; its zero value chooses all.
type Filter struct {
	IDs    []string // none: any
	States []State  // none: any
	// Principals are kind:name, or a name of any kind; none is anybody.
	Principals []string
	// Since and Until bound when they were submitted; Until is not part of it.
	Since, Until time.Time
	// Quiet leaves out those about their session alone that ended well and
	// published nothing.
	Quiet bool
	Limit int // 0: no limit
}

// List returns the chosen statements of all processes, the newest first.
func List(ctx context.Context, db *metadb.DB, f Filter) (found []Record, err error) {
	err = Each(ctx, db, f, func(r Record) bool {
		found = append(found, r)
		return true
	})
	return found, err
}

// page is how many statements are read at once.
const page = 1000

// Each yields the chosen statements, the newest first, until yield returns
// false. No transaction is open while it is called.
func Each(ctx context.Context, db *metadb.DB, f Filter, yield func(Record) bool) error {
	left := f.Limit
	var after *Record
	for {
		n := page
		if f.Limit > 0 {
			n = min(n, left)
		}
		found, err := readPage(ctx, db, f, after, n)
		if err != nil {
			return fmt.Errorf("read the record of statements: %w", err)
		}
		for _, r := range found {
			if !yield(r) {
				return nil
			}
		}
		if left -= len(found); len(found) < n || f.Limit > 0 && left == 0 {
			return nil
		}
		after = &found[len(found)-1]
	}
}

func readPage(ctx context.Context, db *metadb.DB, f Filter, after *Record, n int) (found []Record, err error) {
	where, args := f.condition(after)
	err = db.View(ctx, func(tx metadb.Tx) error {
		found = nil
		rows, err := tx.Query(ctx, `SELECT `+columns+` FROM statement `+where+fmt.Sprintf(` ORDER BY submitted DESC, id DESC LIMIT %d`, n), args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scan(rows)
			if err != nil {
				return err
			}
			found = append(found, r)
		}
		return rows.Err()
	})
	return found, err
}

// condition is the WHERE of what is chosen, behind a statement.
func (f Filter) condition(after *Record) (where string, args []any) {
	var all []string
	add := func(condition string, values []any) {
		all, args = append(all, condition), append(args, values...)
	}
	add(among(`id`, f.IDs))
	add(among(`state`, f.States))
	add(among(`principal`, f.principals()))
	if !f.Since.IsZero() {
		add(`submitted >= ?`, []any{formatTime(f.Since)})
	}
	if !f.Until.IsZero() {
		add(`submitted < ?`, []any{formatTime(f.Until)})
	}
	if f.Quiet {
		add(`(about_session = 0 OR state <> ? OR changed <> ?)`, []any{string(Finished), list(nil)})
	}
	if after != nil {
		at := formatTime(after.Submitted)
		// The first part lets the database begin in the index where the page does.
		add(`submitted <= ? AND (submitted < ? OR id < ?)`, []any{at, at, after.ID})
	}
	return `WHERE ` + strings.Join(all, ` AND `), args
}

// among is the condition that a column has one of these values; none is any.
func among[T ~string](column string, values []T) (condition string, args []any) {
	if len(values) == 0 {
		return `TRUE`, nil
	}
	for _, v := range values {
		args = append(args, string(v))
	}
	return column + ` IN (?` + strings.Repeat(`, ?`, len(values)-1) + `)`, args
}

// principals are those that the filter names, of every kind where it does not
// say which.
func (f Filter) principals() (names []string) {
	for _, p := range f.Principals {
		if strings.Contains(p, ":") {
			names = append(names, p)
			continue
		}
		for _, k := range []identity.Kind{identity.Local, identity.User, identity.Service} {
			names = append(names, identity.Principal{Kind: k, Name: p}.String())
		}
	}
	return names
}
