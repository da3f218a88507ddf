package typed

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Known is the detail of a layout that knows the fields of its inputs.
type Known interface {
	// Fields are those of an input; nil where it is not known.
	Fields(input string) []connector.Field
}

// fieldText is a field in a replay's context.
type fieldText struct {
	Name string `json:"name"`
	// Type is "" where the input did not tell it.
	Type string `json:"type,omitempty"`
}

// Context returns what reading the rejects of an input again takes: its fields.
func Context(layout *connector.Layout, input string) ([]byte, error) {
	known, ok := layout.Detail.(Known)
	if !ok {
		return nil, fmt.Errorf("keep what %s needs: the layout is another format's", input)
	}
	var texts []fieldText
	for _, f := range known.Fields(input) {
		t := fieldText{Name: f.Name}
		if f.Type.Kind != Unknown {
			t.Type = f.Type.String()
		}
		texts = append(texts, t)
	}
	return json.Marshal(texts)
}

func parseContext(in connector.Replayed) ([]connector.Field, error) {
	var texts []fieldText
	if err := json.Unmarshal(in.Context, &texts); err != nil {
		return nil, fmt.Errorf("read what was kept of %s: %w", in.Name, err)
	}
	fields := make([]connector.Field, len(texts))
	for i, t := range texts {
		fields[i] = connector.Field{Name: t.Name, Type: connector.Type{Kind: Unknown}}
		if t.Type == "" {
			continue
		}
		var err error
		if fields[i].Type, err = connector.ParseType(t.Type); err != nil {
			return nil, fmt.Errorf("read what was kept of %s: %w", in.Name, err)
		}
	}
	return fields, nil
}

// replayed is the detail of a layout for rejects that are read again.
type replayed struct{ truncate bool }

// InferRecords returns the layout for rejects of several inputs of a format with
// these options.
func InferRecords(specs []connector.OptionSpec, inputs []connector.Replayed, req connector.Request) (*connector.Layout, error) {
	settings, err := connector.CheckOptions(specs, req.Options)
	if err != nil {
		return nil, err
	}
	all := make([]Fields, len(inputs))
	for i, in := range inputs {
		fields, err := parseContext(in)
		if err != nil {
			return nil, err
		}
		all[i] = Fields{Input: in.Name, Fields: fields}
	}
	var problems diag.Problems
	layout := Merge(all, req, &replayed{Truncates(settings)}, &problems)
	return layout, problems.Err()
}

// ReadRecords reads rejects of one input again.
func ReadRecords(ctx context.Context, in connector.Replayed, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, ok := layout.Detail.(*replayed)
	if !ok {
		return connector.Counts{}, fmt.Errorf("read %s: the layout is another format's", in.Name)
	}
	fields, err := parseContext(in)
	if err != nil {
		return connector.Counts{}, err
	}
	loader := NewLoader(layout, fields, sink)
	defer loader.Close()
	row := connector.StructOf(fields...)
	for record, err := range in.Records {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return connector.Counts{}, err
		}
		if err := loader.again(record, row, d.truncate); err != nil {
			return connector.Counts{}, err
		}
	}
	return loader.Finish()
}

// again takes a record that was rejected.
func (l *Loader) again(record connector.RawRecord, row connector.Type, truncate bool) error {
	r := &jsonReader{rest: record.Raw, truncate: truncate}
	var x Value
	if err := r.object(row, &x); err != nil {
		l.counts.Rejected++
		reason := err.Error()
		if len(record.Raw) >= connector.KeptOfLong {
			reason += "; only its first 64 KB were kept"
		}
		return l.sink.Reject(connector.Reject{Line: record.Number, Raw: record.Raw, Violations: []connector.Violation{{Rule: connector.RuleFormat, Reason: reason}}})
	}
	if len(bytes.TrimSpace(r.rest)) > 0 {
		l.counts.Rejected++
		return connector.RejectSeveral(l.sink, record)
	}
	l.raw = record.Raw
	return l.Row(record.Number, x.Items)
}
