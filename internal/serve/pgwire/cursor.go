package pgwire

import (
	"context"
	"math"
	"strconv"
	"strings"
)

// declare reads DECLARE name CURSOR FOR query: a portal of SQL's.
func (c *conn) declare(w *words) (*command, error) {
	name := w.next()
	formats, holds := []int16(nil), false
	for !w.accept("CURSOR") {
		switch {
		case w.accept("BINARY"):
			formats = []int16{1}
		case w.accept("INSENSITIVE"), w.accept("ASENSITIVE"), w.accept("NO", "SCROLL"):
		case w.accept("SCROLL"):
			return nil, fail("0A000", "cursors go forward only").hinted("leave SCROLL out")
		default:
			return nil, w.unexpected()
		}
	}
	if holds = w.accept("WITH", "HOLD"); !holds {
		w.accept("WITHOUT", "HOLD")
	}
	if !w.accept("FOR") || w.ended() {
		return nil, w.unexpected()
	}
	st := newStatement(w.rest())
	return &command{recorded: true, about: st, run: func(ctx context.Context, by *portal) (string, error) {
		if c.transaction == 0 && !holds {
			return "", c.notRun(ctx, by.st, fail("25P01", "DECLARE CURSOR can only be used in transaction blocks").hinted("begin a transaction, or declare it WITH HOLD"))
		}
		if _, taken := c.portals[name]; taken {
			return "", c.notRun(ctx, by.st, fail("42P03", "cursor %q already exists", name))
		}
		if c.writes(st) {
			return "", c.notRun(ctx, by.st, fail("42601", "a cursor is for a query, not for %s", st.head))
		}
		p := &portal{c: c, st: st, values: by.values, formats: formats, holds: holds}
		if err := p.describe(ctx); err != nil {
			return "", err
		}
		p.later = true
		return "DECLARE CURSOR", c.open(name, p)
	}}, nil
}

// fetch reads FETCH and MOVE.
func (c *conn) fetch(w *words, tag string, send bool) (*command, error) {
	most, err := w.count()
	if err != nil {
		return nil, err
	}
	_ = w.accept("FROM") || w.accept("IN")
	name := w.next()
	p, err := c.portal(name)
	if err != nil {
		return nil, err
	}
	cmd := &command{recorded: true, run: func(ctx context.Context, by *portal) (string, error) {
		if most == 0 {
			return tag + " 0", nil
		}
		if err := p.begin(ctx); err != nil {
			return "", err
		}
		formats := p.formats
		if formats == nil {
			formats = by.formats
		}
		n, _, err := p.rows(ctx, min(most, math.MaxInt32), formats, send)
		return tag + " " + strconv.Itoa(n), err
	}}
	if send {
		cmd.of = p
	}
	return cmd, nil
}

// begin starts what a cursor is for where that was only bound. What is asked of
// it then comes after the statement that began it.
func (p *portal) begin(ctx context.Context) error {
	if err := p.describe(ctx); err != nil {
		return err
	}
	p.later = p.result != nil
	return nil
}

// shows returns the columns of a command's result; nil has none.
func (cmd *command) shows(ctx context.Context) ([]column, error) {
	if cmd.of == nil {
		return cmd.columns, nil
	}
	err := cmd.of.begin(ctx)
	return cmd.of.columns, err
}

// count reads how many rows are wanted.
func (w *words) count() (int, error) {
	switch {
	case w.accept("ALL"), w.accept("FORWARD", "ALL"):
		return math.MaxInt32, nil
	case w.accept("NEXT"):
		return 1, nil
	}
	for _, back := range []string{"PRIOR", "FIRST", "LAST", "ABSOLUTE", "RELATIVE", "BACKWARD", "-"} {
		if w.peek() == back {
			return 0, fail("55000", "cursor can only scan forward")
		}
	}
	w.accept("FORWARD")
	if len(w.tokens) > 0 && w.tokens[0].Word == "" && !w.tokens[0].Quoted {
		n, err := strconv.Atoi(w.next())
		if err != nil || n < 0 {
			return 0, fail("42601", "a number of rows is expected here")
		}
		return n, nil
	}
	return 1, nil
}

// closeCursor reads CLOSE.
func (c *conn) closeCursor(w *words) (*command, error) {
	if w.accept("ALL") {
		return doing("CLOSE CURSOR ALL", func() error {
			for name, p := range c.portals {
				if p.command == nil {
					p.close()
					delete(c.portals, name)
				}
			}
			return nil
		}), nil
	}
	name := w.next()
	return doing("CLOSE CURSOR", func() error {
		p, err := c.portal(name)
		if err != nil {
			return err
		}
		p.close()
		delete(c.portals, name)
		return nil
	}), nil
}

// refused are statements that other servers have, and this one does not.
func refused(what string) func(*conn, *words) (*command, error) {
	return func(*conn, *words) (*command, error) {
		return nil, fail("0A000", "%s is not supported", strings.TrimSpace(what))
	}
}
