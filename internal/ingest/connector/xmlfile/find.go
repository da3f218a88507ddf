package xmlfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	// findBytes is how much of an input is looked at to find out which elements
	// are records.
	findBytes = 1 << 20
	// mostPaths bounds how many places of elements are told apart.
	mostPaths = 10_000
)

// finder finds out which elements are records. Where the table exists they are
// those whose fields are its columns. Else they are those that stand several
// times in one element, not inside of others that do, and of these the ones that
// have most of the text.
type finder struct {
	places map[string]*place
	order  []*place
	// prefixes keeps prefixes in the names of fields.
	prefixes bool
}

// place is where elements are, by the names around them.
type place struct {
	path, name string
	// count is how many there are, bytes how long they are together; repeats
	// says that several are in one element.
	count, bytes int64
	repeats      bool
	// fields are the names of their fields, folded.
	fields map[string]bool
}

// mostFields bounds the fields of a place that are remembered.
const mostFields = 1000

func (p *place) add(field string) {
	if len(p.fields) < mostFields {
		p.fields[ident.Fold(field)] = true
	}
}

// opened is an element that the finder is inside of.
type opened struct {
	place *place
	// start is where the element starts in the input.
	start int64
	// children counts the elements in it by name.
	children map[int32]int
}

// input looks at the start of an input.
func (f *finder) input(ctx context.Context, input string, text io.Reader) error {
	if f.places == nil {
		f.places = map[string]*place{}
	}
	source := &io.LimitedReader{R: text, N: findBytes}
	s := scanner{window: connector.NewWindow(source), limit: findBytes, line: 1, names: newNames("", f.prefixes), input: input}
	defer s.window.Close()
	w := walk{f: f, s: &s, path: []opened{{place: newPlace("", ""), children: map[int32]int{}}}}
	for {
		err := s.next()
		switch {
		case err != nil && source.N == 0, errors.Is(err, io.EOF):
			// What is open has what was seen of it.
			for len(w.path) > 1 {
				w.close(int64(len(s.text)))
			}
			return ctx.Err()
		case err != nil:
			return err
		}
		w.take()
	}
}

// walk is the way through one input.
type walk struct {
	f    *finder
	s    *scanner
	path []opened
}

// take takes a token.
func (w *walk) take() {
	s := w.s
	switch s.kind {
	case startTag:
		w.open()
		if s.empty {
			w.close(int64(s.hi))
		}
	case endTag:
		w.close(int64(s.hi))
	case text:
		if !s.blank {
			w.path[len(w.path)-1].place.add(textField)
		}
	}
}

func (w *walk) open() {
	s := w.s
	outer := &w.path[len(w.path)-1]
	if outer.children == nil {
		outer.children = map[int32]int{}
	}
	outer.children[s.name]++
	p := w.f.place(outer.place.path, local(s.names.list[s.name].full))
	p.count++
	p.repeats = p.repeats || outer.children[s.name] > 1
	outer.place.add(s.names.fieldName(s.names.list[s.name].full))
	for _, a := range s.attributes {
		if n := &s.names.list[a.name]; !n.hidden {
			p.add("_" + s.names.fieldName(n.full))
		}
	}
	w.path = append(w.path, opened{place: p, start: s.released + int64(s.lo)})
}

func (w *walk) close(end int64) {
	last := len(w.path) - 1
	if last == 0 {
		return
	}
	o := w.path[last]
	o.place.bytes += w.s.released + end - o.start
	w.path = w.path[:last]
}

func newPlace(path, name string) *place {
	return &place{path: path, name: name, fields: map[string]bool{}}
}

func (f *finder) place(outer, name string) *place {
	path := outer + "/" + name
	if p, ok := f.places[path]; ok {
		return p
	}
	p := newPlace(path, name)
	if len(f.order) < mostPaths {
		f.places[path] = p
		f.order = append(f.order, p)
	}
	return p
}

// known returns the place whose elements have most of the table's columns, and
// of several the one that has least besides; nil where none has any.
func (f *finder) known(table []connector.Column) *place {
	var best *place
	most := 0
	for _, p := range f.order {
		n := 0
		for _, c := range table {
			if p.fields[ident.Fold(c.Name)] {
				n++
			}
		}
		if n > most || n == most && n > 0 && len(p.fields) < len(best.fields) {
			best, most = p, n
		}
	}
	return best
}

// found returns the name of the records.
func (f *finder) found(input string, table []connector.Column) (string, error) {
	if p := f.known(table); p != nil {
		return p.name, nil
	}
	var repeating []*place
	for _, p := range f.order {
		inside := slices.ContainsFunc(f.order, func(o *place) bool { return o.repeats && strings.HasPrefix(p.path, o.path+"/") })
		if p.repeats && !inside {
			repeating = append(repeating, p)
		}
	}
	if len(repeating) == 0 {
		if len(f.order) == 0 {
			return "", nil
		}
		return "", diag.New("no-record", diag.Place{File: input}, "it is not clear which elements are records: none stands twice in another").
			WithHint("name them with record: %s", f.names())
	}
	best := slices.MaxFunc(repeating, func(a, b *place) int {
		return cmp.Or(cmp.Compare(a.bytes, b.bytes), cmp.Compare(a.count, b.count), cmp.Compare(b.path, a.path))
	})
	return best.name, nil
}

// names are those of a few elements, for a message.
func (f *finder) names() string {
	var names []string
	for _, p := range f.order {
		if !slices.Contains(names, p.name) && len(names) < 5 {
			names = append(names, p.name)
		}
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return fmt.Sprintf("%s or %s", strings.Join(names[:last], ", "), names[last])
}
