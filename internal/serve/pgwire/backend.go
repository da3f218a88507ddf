package pgwire

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// activity is what others may see of a session: its own user in other sessions,
// and owners.
type activity struct {
	who              policy.Who // nobody, until it has logged in
	user, app, query string
	begun, asked     time.Time
	active           bool
}

// doing notes what the session does: sql, or that it has done it.
func (c *conn) doing(sql string, active bool) {
	app, _ := c.settings.get("application_name")
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen.who, c.seen.user, c.seen.app, c.seen.active = c.known, c.user, app, active; active {
		c.seen.query, c.seen.asked = sql, time.Now()
	}
}

// sees reports whether the session of who asks may know of another and stop it.
func (c *conn) sees(other *conn) bool {
	other.mu.Lock()
	who := other.seen.who
	other.mu.Unlock()
	return other == c || !who.Principal.IsZero() && (who.Principal == c.who.Principal || c.who.IsLocal() || slices.Contains(c.who.Roles, policy.Owner))
}

// terminate ends the connection, and what runs there.
func (c *conn) terminate() {
	c.ended.Store(true)
	c.interrupt(errStopping)
	c.hurry()
	c.wake()
}

// sessions are those that the session may know of.
func (c *conn) sessions() []pgcatalog.Session {
	var list []pgcatalog.Session
	for _, other := range c.server.all() {
		if c.sees(other) {
			list = append(list, other.shown())
		}
	}
	return list
}

// shown is the session as others see it.
func (c *conn) shown() pgcatalog.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := pgcatalog.Session{PID: c.id, User: c.seen.user, Application: c.seen.app, Query: c.seen.query, Active: c.seen.active, Port: -1, Begun: c.seen.begun, Asked: c.seen.asked}
	if at, isTCP := c.net.RemoteAddr().(*net.TCPAddr); isTCP {
		s.Host, s.Port = at.IP.String(), at.Port
	}
	return s
}

// signals are the functions that stop what other sessions do.
var signals = map[string]func(*conn){
	"pg_cancel_backend":    func(c *conn) { c.interrupt(errCancelled) },
	"pg_terminate_backend": (*conn).terminate,
}

// signal is a statement that selects one of the functions of signals, alone: its
// name, what the column is called ("" is the same), and the query of the numbers
// of sessions, with each part where it is in the statement.
type signal struct{ function, column, numbers string }

// signalOf reads such a statement; false is another one.
func signalOf(st *statement) (s signal, ok bool) {
	w := &words{st.sql, st.part.Tokens}
	if !w.accept("SELECT") || w.ended() {
		return s, false
	}
	start := w.tokens[0].Start
	_ = w.accept("PG_CATALOG", ".")
	if s.function = strings.ToLower(w.next()); signals[s.function] == nil || w.peek() != "(" {
		return s, false
	}
	s.numbers = st.sql[:start] + strings.Repeat(" ", w.tokens[0].Start-start) + st.sql[w.tokens[0].Start:]
	w.argument()
	if w.accept("AS") {
		s.column = w.next()
	}
	return s, w.ended() || w.peek() == "FROM"
}

// argument takes what is in parentheses.
func (w *words) argument() {
	for depth := 0; !w.ended(); {
		switch w.peek() {
		case "(":
			depth++
		case ")":
			depth--
		}
		if w.next(); depth == 0 {
			return
		}
	}
}

// signalled sends the signals that a statement is about, and returns one that
// tells for each whether there is such a session for who asks.
func (p *portal) signalled(s signal, scope gate.Scope) (sql string, err error) {
	numbers, err := p.numbers(s, scope)
	if err != nil {
		return "", err
	}
	sent := make([]string, len(numbers))
	for i, number := range numbers {
		other := p.c.server.session(number)
		there := other != nil && p.c.sees(other)
		if there {
			signals[s.function](other)
		} else {
			p.c.notice("01000", fmt.Sprintf("PID %d is not a PostgreSQL server process", number))
		}
		sent[i] = strconv.FormatBool(there)
	}
	return "SELECT unnest(CAST([" + strings.Join(sent, ", ") + "] AS BOOLEAN[])) AS " + ident.Quote(cmp.Or(s.column, s.function)), context.Cause(p.ctx)
}

// numbers are those of the sessions that a statement is about; NULL is 0, which
// no session has.
func (p *portal) numbers(s signal, scope gate.Scope) (numbers []int64, err error) {
	result, err := p.c.server.Gate.Select(p.ctx, p.c.gated(s.numbers, scope, p.values), func(inner string, _ []engine.Column) (string, error) {
		return "SELECT coalesce(CAST(number AS BIGINT), 0) FROM (" + inner + ") AS session(number)", nil
	})
	if err != nil {
		return nil, err
	}
	defer result.Release()
	for result.Next() {
		column, isNumber := result.RecordBatch().Column(0).(*array.Int64)
		if !isNumber {
			return nil, fail("42883", "%s takes one number", s.function)
		}
		numbers = append(numbers, column.Int64Values()...)
	}
	return numbers, result.Err()
}
