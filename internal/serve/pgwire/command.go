package pgwire

import (
	"context"
	"strings"

	"github.com/tarn-lake/tarn/internal/sqlast"
)

// command is a statement about the session, which the gate does not see.
type command struct {
	// ends: it may come after an error in a transaction. recorded: what it does is
	// on record without it.
	ends, recorded bool
	// about is the statement whose parameters it has; nil has none.
	about *statement
	// columns are those of its result; nil has none.
	columns []column
	// of is the portal whose columns its result has instead, which may have to be
	// asked for.
	of *portal
	// run does it and returns its tag.
	run func(ctx context.Context, p *portal) (string, error)
}

// do does what the portal's statement says, on record.
func (p *portal) do(ctx context.Context) (tag string, err error) {
	if p.command.recorded {
		return p.command.run(ctx, p)
	}
	entry, err := p.c.brief(p.st.sql)
	if err != nil {
		return "", err
	}
	tag, err = p.command.run(ctx, p)
	finish(ctx, entry, err)
	return tag, err
}

// words reads the tokens of a statement.
type words struct {
	sql    string
	tokens []sqlast.Token
}

func (w *words) peek() string {
	if len(w.tokens) == 0 {
		return ""
	}
	return w.tokens[0].Word
}

// accept takes words if all of them come next.
func (w *words) accept(list ...string) bool {
	if len(w.tokens) < len(list) {
		return false
	}
	for i, word := range list {
		if w.tokens[i].Word != word {
			return false
		}
	}
	w.tokens = w.tokens[len(list):]
	return true
}

func (w *words) ended() bool { return len(w.tokens) == 0 }

// next returns the text of the next token: of names and texts what they mean.
func (w *words) next() string {
	if w.ended() {
		return ""
	}
	t := w.tokens[0]
	w.tokens = w.tokens[1:]
	raw := w.sql[t.Start:t.End]
	switch {
	case t.Quoted && len(raw) > 1:
		return strings.ReplaceAll(raw[1:len(raw)-1], `""`, `"`)
	case t.Text && len(raw) > 1 && raw[0] == '\'':
		return strings.ReplaceAll(raw[1:len(raw)-1], `''`, `'`)
	case t.Text && len(raw) > 2 && (raw[0] == 'e' || raw[0] == 'E'):
		return string(unescaped([]byte(strings.ReplaceAll(raw[2:len(raw)-1], `''`, `'`))))
	case t.Word != "":
		return strings.ToLower(raw)
	}
	return raw
}

// rest returns the text of all that is left.
func (w *words) rest() string {
	if w.ended() {
		return ""
	}
	text := w.sql[w.tokens[0].Start:w.tokens[len(w.tokens)-1].End]
	w.tokens = nil
	return text
}

func (w *words) unexpected() error {
	if w.ended() {
		return fail("42601", "syntax error at end of input")
	}
	t := w.tokens[0]
	return fail("42601", "syntax error at or near %q", w.sql[t.Start:t.End])
}

// commandOf reads a statement about the session; nil is another statement.
func (c *conn) commandOf(st *statement) (*command, error) {
	if st.isEmpty() {
		return &command{ends: true}, nil
	}
	w := &words{st.sql, st.part.Tokens}
	first := w.peek()
	read := commandReader(first)
	if read == nil || first == "SHOW" && !c.showsSetting(w) {
		return nil, nil
	}
	w.next()
	cmd, err := read(c, w)
	if err == nil && !w.ended() {
		err = w.unexpected()
	}
	return cmd, err
}

// done is a command that leaves nothing to do.
func done(tag string) *command {
	return &command{run: func(context.Context, *portal) (string, error) { return tag, nil }}
}

// doing is a command without a result.
func doing(tag string, do func() error) *command {
	return &command{run: func(context.Context, *portal) (string, error) { return tag, do() }}
}

// reader reads a statement about the session behind its first word.
type reader = func(*conn, *words) (*command, error)

// commandReader returns what reads statements that begin with a word; nil is
// none.
func commandReader(word string) reader {
	switch word {
	case "BEGIN", "START":
		return (*conn).beginTransaction
	case "COMMIT", "END":
		return (*conn).commit
	case "ROLLBACK", "ABORT":
		return (*conn).rollback
	case "SAVEPOINT":
		return (*conn).savepoint
	case "RELEASE":
		return (*conn).release
	case "SET":
		return (*conn).set
	case "RESET":
		return (*conn).reset
	case "SHOW":
		return (*conn).show
	case "DISCARD":
		return (*conn).discard
	case "DEALLOCATE":
		return (*conn).deallocate
	case "DECLARE":
		return (*conn).declare
	case "FETCH":
		return func(c *conn, w *words) (*command, error) { return c.fetch(w, "FETCH", true) }
	case "MOVE":
		return func(c *conn, w *words) (*command, error) { return c.fetch(w, "MOVE", false) }
	case "CLOSE":
		return (*conn).closeCursor
	case "PREPARE":
		return (*conn).prepare
	case "EXPLAIN":
		return (*conn).explain
	case "COPY":
		return (*conn).copy
	case "UNLISTEN":
		return (*conn).unlisten
	case "LISTEN", "NOTIFY", "LOCK", "VACUUM", "ANALYZE", "CALL", "DO":
		return refused(word)
	}
	return nil
}

func (c *conn) discard(w *words) (*command, error) {
	switch what := strings.ToUpper(w.next()); what {
	case "ALL":
		return doing("DISCARD ALL", func() error {
			if c.transaction != 0 {
				return fail("25001", "DISCARD ALL cannot run inside a transaction block")
			}
			c.closeAll()
			return c.settings.reset("all")
		}), nil
	case "TEMP", "TEMPORARY":
		return &command{run: func(ctx context.Context, _ *portal) (string, error) {
			return "DISCARD TEMP", c.discardTemporary(ctx)
		}}, nil
	case "PLANS", "SEQUENCES":
		return done("DISCARD " + what), nil
	}
	return nil, fail("42601", "syntax error: DISCARD ALL, PLANS, SEQUENCES or TEMP")
}

func (c *conn) deallocate(w *words) (*command, error) {
	w.accept("PREPARE")
	if w.accept("ALL") {
		return doing("DEALLOCATE ALL", func() error { clear(c.statements); return nil }), nil
	}
	name := w.next()
	return doing("DEALLOCATE", func() error {
		if _, err := c.statement(name); err != nil {
			return err
		}
		delete(c.statements, name)
		return nil
	}), nil
}

// unlisten has nothing to end: nobody listens.
func (c *conn) unlisten(w *words) (*command, error) {
	w.rest()
	return done("UNLISTEN"), nil
}
