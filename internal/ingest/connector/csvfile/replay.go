package csvfile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

var _ connector.Replayer = Format{}

// kept is what reading records of an input again takes: its header's names and
// its dialect.
type kept struct {
	Columns   []string           `json:"columns"`
	Delimiter byte               `json:"delimiter"`
	Quote     byte               `json:"quote"`
	EOL       byte               `json:"eol"`
	Backslash bool               `json:"backslash,omitempty"`
	Header    bool               `json:"header,omitempty"`
	Encoding  connector.Encoding `json:"encoding"`
}

// Context returns the names and the dialect of an input.
func (Format) Context(layout *connector.Layout, input string) ([]byte, error) {
	_, file, err := fileOf(layout, input)
	if err != nil {
		return nil, err
	}
	d := file.dialect
	k := kept{Delimiter: d.delimiter, Quote: d.quote, EOL: d.eol, Backslash: d.backslash, Header: d.header, Encoding: d.encoding}
	for _, i := range file.fields {
		k.Columns = append(k.Columns, layout.Columns[i].Name)
	}
	return json.Marshal(k)
}

// fileOf returns how an input of layout is read.
func fileOf(layout *connector.Layout, input string) (*detail, *fileLayout, error) {
	d, ok := layout.Detail.(*detail)
	if !ok {
		return nil, nil, fmt.Errorf("read %s: the layout is another format's", input)
	}
	file, ok := d.files[input]
	if !ok {
		return nil, nil, fmt.Errorf("read %s: the layout was not inferred from this input", input)
	}
	return d, file, nil
}

// InferRecords takes columns and dialect from the inputs' contexts. The values
// of a column that the table does not have decide its type when they are read.
func (Format) InferRecords(_ context.Context, inputs []connector.Replayed, req connector.Request) (*connector.Layout, error) {
	s, err := newSettings(req.Options)
	if err != nil {
		return nil, err
	}
	samples := make([]*sample, len(inputs))
	for i, in := range inputs {
		if samples[i], err = s.recall(in); err != nil {
			return nil, err
		}
	}
	var problems diag.Problems
	layout := merge(s, samples, req, &problems)
	return layout, problems.Err()
}

// recall makes a sample of what is known of an input; what is declared today
// goes before what was found out then.
func (s *settings) recall(in connector.Replayed) (*sample, error) {
	var k kept
	if err := json.Unmarshal(in.Context, &k); err != nil {
		return nil, fmt.Errorf("what is known of %s: %w", in.Name, err)
	}
	found := &sample{name: in.Name, width: len(k.Columns), columns: k.Columns}
	found.dialect = dialect{delimiter: k.Delimiter, quote: k.Quote, eol: k.EOL, backslash: k.Backslash, header: k.Header, encoding: k.Encoding}
	if s.delimiter != nil {
		found.dialect.delimiter = *s.delimiter
	}
	if s.quote != nil {
		found.dialect.quote = *s.quote
	}
	if s.escape != "" {
		found.dialect.backslash = s.escape == escapeBackslash
	}
	if s.encoding != "" {
		found.dialect.encoding = s.encoding
	}
	if !k.Header && len(s.names) == found.width {
		found.columns = s.names
	}
	found.seen = make([]textvalue.Kinds, found.width)
	return found, nil
}

// ReadRecords reads records, each by itself.
func (Format) ReadRecords(ctx context.Context, in connector.Replayed, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, file, err := fileOf(layout, in.Name)
	if err != nil {
		return connector.Counts{}, err
	}
	l := newLoader(layout, file, &d.settings, sink)
	defer l.batch.Close()
	for record, err := range in.Records {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = d.readRecord(record, file, l)
		}
		if err != nil {
			return connector.Counts{}, err
		}
	}
	if l.widen != nil {
		return connector.Counts{}, l.widen.err(in.Name)
	}
	err = l.batch.Flush()
	l.counts.Records = l.counts.Written + l.counts.Rejected
	return l.counts, err
}

// readRecord reads one record.
func (d *detail) readRecord(record connector.RawRecord, file *fileLayout, l *loader) error {
	// Only a text with line ends can hold more than one.
	if bytes.ContainsAny(record.Raw, "\r\n") {
		found := 0
		err := d.each(record, file, 2, func(c *chunk) error {
			found += len(c.rows) + len(c.rejects)
			return nil
		})
		if err != nil {
			return err
		}
		if found > 1 {
			l.counts.Rejected++
			return connector.RejectSeveral(l.sink, record)
		}
	}
	return d.each(record, file, 1, func(c *chunk) error { return l.load(c, &d.settings) })
}

// each calls f for the chunks of a record's text.
func (d *detail) each(record connector.RawRecord, file *fileLayout, limit int, f func(*chunk) error) error {
	r := newRecords(file.dialect.encoding.Decode(bytes.NewReader(record.Raw)), file.dialect, &d.settings, len(file.fields))
	defer r.close()
	r.line = record.Number
	for {
		c, err := r.next(limit)
		switch {
		case errors.Is(err, errEnd):
			return nil
		case err != nil:
			return err
		}
		if err := f(c); err != nil {
			return err
		}
	}
}
