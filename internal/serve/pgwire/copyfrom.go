package pgwire

import (
	"context"
	"io"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// copyFrom reads COPY table (columns) FROM STDIN: all is the statement from the
// table on, w what stands behind FROM.
func (c *conn) copyFrom(all, w *words) (*command, error) {
	in := workspace.Incoming{Table: []string{all.next()}}
	for all.accept(".") {
		in.Table = append(in.Table, all.next())
	}
	if all.accept("(") {
		for {
			in.Columns = append(in.Columns, all.next())
			if !all.accept(",") {
				break
			}
		}
		if !all.accept(")") {
			return nil, all.unexpected()
		}
	}
	switch {
	case !all.accept("FROM"):
		return nil, all.unexpected()
	case !w.accept("STDIN"):
		return nil, fail("0A000", "COPY reads from STDIN only").hinted("with psql: \\copy")
	}
	o, err := w.copyOptions()
	if err != nil {
		return nil, err
	}
	return &command{recorded: true, run: func(ctx context.Context, p *portal) (string, error) { return "", c.copyIn(ctx, p, in, o) }}, nil
}

// copyIn appends the rows that the client sends.
func (c *conn) copyIn(ctx context.Context, p *portal, in workspace.Incoming, o copying) error {
	if c.server.Transactions == nil {
		return c.notRun(ctx, p.st, fail("25006", "cannot execute COPY FROM here: this server only reads"))
	}
	if err := c.mayChange("COPY FROM"); err != nil {
		return c.notRun(ctx, p.st, err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c.mu.Lock()
	c.stop = stop
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.stop = nil
		c.mu.Unlock()
	}()
	stopWatch := c.in.watch(func() { stop(errGone) })
	turn, entry, err := c.admit(ctx, p.st.sql, nil)
	stopWatch()
	if turn != nil {
		defer turn.Leave()
	}
	var done workspace.Done
	if err == nil {
		defer within(turn, 0, stop)()
		st := c.gated(p.st.sql, nil, nil)
		done, err = c.copied(ctx, st, in, o)
		entry.Decided(st.Decisions.Policies())
	}
	if entry.Sent(done.Rows, 0); err != nil {
		finish(ctx, entry, err)
		return toldOf(ctx, err, p.st)
	}
	if c.transaction != 0 {
		finish(ctx, entry, nil)
		c.complete(tagOf(done))
		return nil
	}
	c.unsettled, c.held = append(c.unsettled, entry), &held{done: done}
	return nil
}

// copied reads the rows and appends them.
func (c *conn) copied(ctx context.Context, st gate.Statement, in workspace.Incoming, o copying) (workspace.Done, error) {
	if err := c.working(ctx); err != nil {
		return workspace.Done{}, err
	}
	c.in.rests = c.turn.Rest // others may run while the client is waited for
	defer func() { c.in.rests = nil }()
	source := &copySource{c: c, ctx: ctx}
	in.Rows = func(columns []engine.Column, line string) (array.RecordReader, error) {
		rows, err := newCopyRows(source, o, columns, line)
		if err != nil {
			return nil, err
		}
		response := &pgproto3.CopyInResponse{ColumnFormatCodes: make([]uint16, len(columns))}
		if o.format == "binary" {
			response.OverallFormat = 1
			for i := range columns {
				response.ColumnFormatCodes[i] = 1
			}
		}
		c.send(response)
		return rows, c.flush()
	}
	done, err := c.work.Copy(ctx, st, in)
	if err == nil {
		err = source.drain()
	}
	return done, err
}

// copySource is what a client sends between the answer to COPY and its end.
type copySource struct {
	c     *conn
	ctx   context.Context //nolint:containedctx // of the COPY, which it ends with
	rest  []byte
	ended bool
}

// Read reads the next bytes.
func (s *copySource) Read(b []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.ended {
			return 0, io.EOF
		}
		m, err := s.receive()
		if err != nil {
			s.ended = true
			return 0, err
		}
		switch m := m.(type) {
		case *pgproto3.CopyData:
			s.rest = m.Data
		case *pgproto3.CopyDone:
			s.ended = true
		case *pgproto3.CopyFail:
			s.ended = true
			return 0, fail("57014", "COPY from stdin failed: %s", m.Message)
		case *pgproto3.Flush, *pgproto3.Sync:
		default:
			s.ended = true
			return 0, fail("08P01", "a message of type %T is not expected while rows are copied", m)
		}
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// receive reads a message, and goes on when there is room for it.
func (s *copySource) receive() (pgproto3.FrontendMessage, error) {
	m, err := s.c.backend.Receive()
	if err == nil {
		err = s.c.turn.Wait(s.ctx)
	}
	return m, err
}

// drain passes over what comes behind the end of the rows.
func (s *copySource) drain() error {
	_, err := io.Copy(io.Discard, s)
	return err
}

// copiedKinds are the types of the columns that rows are copied to.
func copiedKinds(columns []engine.Column) ([]kind, error) {
	kinds := make([]kind, len(columns))
	for i, col := range columns {
		if kinds[i] = kindOf(col.Type); kinds[i].element != nil {
			return nil, fail("0A000", "COPY FROM does not take the column %s, which is an array", ident.Quote(col.Name)).hinted("INSERT takes arrays")
		}
	}
	return kinds, nil
}
