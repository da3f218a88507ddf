package record

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// detail is what a layout of this package holds. It is immutable.
type detail struct {
	settings
	// fixed are the columns, by folded name, whose types are declared.
	fixed map[string]bool
	// root has what was seen of each column.
	root  *shape
	files map[string]file
}

// file is how one input is read.
type file struct {
	encoding    connector.Encoding
	bom         int
	compression connector.Compression
	looked      any
	links       Links
}

// Widen returns the detail with what an input turned out to need.
func (d *detail) Widen(w *connector.WidenError) any {
	wider := *d
	wider.root = d.root.clone()
	for _, c := range w.Columns {
		seen, ok := c.Seen.(*shape)
		if !ok {
			continue
		}
		if have := wider.root.get(ident.Fold(c.Column)); have != nil {
			have.join(seen)
		} else {
			wider.root.add(c.Column, seen.clone())
		}
	}
	return &wider
}

// Infer learns columns and types from a sample of each input.
func (f *format) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	s, err := f.settings(req.Options)
	if err != nil {
		return nil, err
	}
	d := &detail{settings: s, fixed: s.fixed(req), files: map[string]file{}}
	d.root = d.startOf(req)
	if d.spec.Survey != nil {
		if d.prepared, err = d.spec.Survey(ctx, Inputs{d, inputs, req.Existing}, d.prepared); err != nil {
			return nil, err
		}
	}
	samples, err := d.samples(ctx, inputs, sampleSize(req.SampleBytes, len(inputs)))
	if err != nil {
		return nil, err
	}
	links := Links{}
	for _, found := range samples {
		d.files[found.name] = found.file
		links.Number = links.Number || found.file.links.Number
		links.Parent = links.Parent || found.file.links.Parent
		d.root.join(found.root)
	}
	if d.root.parts() > mostParts || len(d.root.fields) > mostColumns {
		return nil, tooManyColumns(diag.Place{File: samples[0].name})
	}
	if len(d.root.fields) == 0 && len(req.Declared) == 0 && d.spec.Columns == nil && len(samples) > 0 {
		return nil, nothingFound(samples)
	}
	var problems diag.Problems
	layout := d.layout(req, links, &problems)
	return layout, problems.Err()
}

// fixed are the columns whose types are declared, by people or by the format.
func (s *settings) fixed(req connector.Request) map[string]bool {
	fixed := map[string]bool{}
	if s.spec.Columns != nil {
		for _, c := range s.spec.Columns(s.prepared) {
			fixed[ident.Fold(c.Name)] = true
		}
	}
	for _, c := range req.Existing {
		delete(fixed, ident.Fold(c.Name))
	}
	for name := range req.Declared {
		fixed[ident.Fold(name)] = true
	}
	return fixed
}

// startOf is what is known of the columns before the inputs are looked at.
func (d *detail) startOf(req connector.Request) *shape {
	root := &shape{}
	for _, c := range req.Existing {
		root.add(c.Name, typed(c.Type, 1, !req.Evolve || d.fixed[ident.Fold(c.Name)]))
	}
	return root
}

// layout makes the layout of what was seen.
func (d *detail) layout(req connector.Request, links Links, problems *diag.Problems) *connector.Layout {
	l := connector.NewLayout(req, d)
	add := func(c connector.Column) {
		if l.Index(c.Name) < 0 {
			l.Columns = append(l.Columns, c)
		}
	}
	if d.spec.Columns != nil {
		for _, c := range d.spec.Columns(d.prepared) {
			add(connector.Column{Name: c.Name, Type: c.Type, Origin: connector.Declared})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(req.Declared)) {
		// A column that no input has yet is there, without values.
		if d.root.get(ident.Fold(name)) == nil {
			d.root.add(name, &shape{depth: 1, fixed: true})
		}
	}
	for _, f := range d.root.fields {
		c := connector.Column{Name: f.name, Type: f.resolve(d.spec.style())}
		if f.open() {
			c.Origin = connector.Unseen
		}
		add(c)
	}
	for _, name := range links.columns() {
		add(connector.Column{Name: name, Type: connector.Type{Kind: connector.Long}, Origin: connector.Declared})
	}
	l.Declare(req, problems)
	for i, c := range l.Columns {
		if s := d.root.get(ident.Fold(c.Name)); s != nil && c.Origin == connector.Existing {
			l.Columns[i].Type = s.resolve(d.spec.style())
		}
	}
	return l
}

// nothingFound is for inputs that hold no record from which a column could be
// made.
func nothingFound(samples []*sample) error {
	for _, found := range samples {
		if found.rejected > 0 {
			return diag.New("no-records", diag.Place{File: found.name, Line: int(found.badLine)}, "no record can be read: %s", found.badReason).
				WithHint("check that the format and its options are those of the file; the table is made by the first load that has a record")
		}
	}
	for _, found := range samples {
		if found.good > 0 {
			return diag.New("no-columns", diag.Place{File: found.name}, "the records have no fields: there is nothing to make columns of").
				WithHint("the table is made by the first load that has a record with a field")
		}
	}
	message := "the file is empty: it has no record"
	if len(samples) > 1 {
		message = fmt.Sprintf("all %d files are empty: none has a record", len(samples))
	}
	return diag.New("empty-input", diag.Place{File: samples[0].name}, "%s", message).
		WithHint("the table is made by the first load that has a record")
}

// samples looks at all inputs, several at once, and reports every problem.
func (d *detail) samples(ctx context.Context, inputs []connector.Input, limit int64) ([]*sample, error) {
	samples := make([]*sample, len(inputs))
	err := connector.EachInput(inputs, func(i int, in connector.Input) (err error) {
		samples[i], err = d.sample(ctx, in, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return samples, nil
}
