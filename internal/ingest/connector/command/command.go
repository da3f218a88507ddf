// Package command is for sources that other programs read: a program in any
// language is told what to read, and answers with an Arrow stream.
//
// It promises that nothing of an answer counts unless the program ended well
// and its stream was whole; that the program gets secrets by its input only,
// never by its arguments or environment; and that it ends when the load does.
// The protocol is in docs/connectors.md. It leaves to the program what the
// source is.
//
// The answer is kept in a temporary file before the first row is loaded: only
// then is it known that the program succeeded, and it can be read again where
// columns have to widen.
package command

import (
	"context"
	"errors"
	"maps"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/arrowvalue"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// Source runs a program. The zero value is ready.
type Source struct{}

var _ connector.Source = Source{}

// Name returns "command".
func (Source) Name() string { return "command" }

// Options declares what may be set.
func (Source) Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "command", Kind: connector.ListOption, Default: "required", Doc: "The program and its arguments; it runs in the project's folder."},
		{Name: "options", Kind: connector.TreeOption, Default: "nothing", Doc: "What the program is told; texts may hold references to secrets."},
		{Name: "timeout", Kind: connector.CountOption, Default: "3600", Doc: "After how many seconds the program is stopped."},
	}
}

// Open runs the program.
func (s Source) Open(ctx context.Context, req connector.SourceRequest) (connector.Reading, error) {
	settings, err := connector.CheckOptions(s.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	argv, _ := settings.List("command")
	if len(argv) == 0 {
		return nil, diag.New("missing-key", diag.Place{}, "nothing says which program to run").WithHint("write command: [python3, connectors/tickets.py]")
	}
	r := &reading{
		program: program{argv: argv, dir: req.Dir, timeout: settings.Number("timeout", defaultTimeout)},
		ask:     newAsk(req, settings["options"]), keys: req.PrimaryKey, scratch: req.Scratch, table: req.Table,
	}
	r.answer = filepath.Join(req.Scratch, "answer.arrow")
	if err := r.program.run(ctx, r.ask, r.answer); err != nil {
		return nil, err
	}
	return r, r.survey(ctx, req)
}

// reading is what a program answered.
type reading struct {
	program program
	ask     ask
	keys    []string
	scratch string
	table   string
	// answer is the file that holds the stream.
	answer string
	layout *connector.Layout
	// records is how many rows there are, state the last that was said.
	records int64
	state   []byte
}

// survey reads the answer once, for its columns, its rows and its state.
func (r *reading) survey(ctx context.Context, req connector.SourceRequest) error {
	s, err := openStream(r.answer, r.program.name())
	if err != nil {
		return err
	}
	var problems diag.Problems
	r.layout = typed.Merge([]typed.Fields{{Input: r.program.name(), Fields: s.fields}}, req.Request, nil, &problems)
	if err := errors.Join(problems.Err(), s.each(ctx, func(b *block) error {
		r.records += b.rows
		if b.state != "" {
			r.state = []byte(b.state)
		}
		return nil
	})); err != nil {
		return errors.Join(err, s.close())
	}
	return s.close()
}

// Layout implements [connector.Reading].
func (r *reading) Layout() *connector.Layout { return r.layout }

// Parts implements [connector.Reading]: the answer is one part.
func (r *reading) Parts() []connector.Part {
	if r.records == 0 {
		return nil
	}
	return []connector.Part{{Name: "command:" + r.table, Records: r.records, Bytes: -1}}
}

// Read implements [connector.Reading].
func (r *reading) Read(ctx context.Context, _ int, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	s, err := openStream(r.answer, r.program.name())
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := load(ctx, s, layout, sink)
	return counts, errors.Join(err, s.close())
}

// ReadKeys implements [connector.Reading]: the program is asked again.
func (r *reading) ReadKeys(ctx context.Context, sink connector.Sink) error {
	again := maps.Clone(r.ask)
	again["keys"] = true
	again["state"] = nil
	file := filepath.Join(r.scratch, "keys.arrow")
	if err := r.program.run(ctx, again, file); err != nil {
		return err
	}
	s, err := openStream(file, r.program.name())
	if err != nil {
		return err
	}
	layout := &connector.Layout{}
	for _, key := range r.keys {
		i := r.layout.Index(key)
		if i < 0 || s.index(key) < 0 {
			return errors.Join(diag.New("unknown-column", diag.Place{}, "the program's keys lack the column %q", key).
				WithHint("asked for keys, it answers with the columns of primary_key"), s.close())
		}
		layout.Columns = append(layout.Columns, r.layout.Columns[i])
	}
	_, err = load(ctx, s, layout, sink)
	return errors.Join(err, s.close())
}

// State implements [connector.Reading].
func (r *reading) State() ([]byte, error) { return r.state, nil }

// Close implements [connector.Reading]; the caller removes the files.
func (r *reading) Close() error { return nil }

// load turns a stream into batches and rejects.
func load(ctx context.Context, s *stream, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	loader := typed.NewLoader(layout, s.fields, sink)
	defer loader.Close()
	var rejected, line int64
	err := s.each(ctx, func(b *block) error {
		columns := make([]typed.Column, len(b.columns))
		for i, a := range b.columns {
			columns[i] = arrowvalue.NewColumn(a, true)
		}
		for from := int64(0); from < b.rows; {
			to := b.nextReject(from)
			if to > from {
				if err := loader.Rows(line+from+1, int(to-from), window(columns, int(from))); err != nil {
					return err
				}
			}
			if to < b.rows {
				if err := b.reject(to, line+to+1, sink); err != nil {
					return err
				}
				rejected++
				to++
			}
			from = to
		}
		line += b.rows
		return nil
	})
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := loader.Finish()
	counts.Records += rejected
	counts.Rejected += rejected
	return counts, err
}

// shifted is a column from a row on.
type shifted struct {
	typed.Column
	from int
}

// At sets x to the value of a row.
func (s shifted) At(row int, x *typed.Value) { s.Column.At(s.from+row, x) }

func window(columns []typed.Column, from int) []typed.Column {
	if from == 0 {
		return columns
	}
	out := make([]typed.Column, len(columns))
	for i, c := range columns {
		out[i] = shifted{c, from}
	}
	return out
}
