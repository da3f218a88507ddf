// Package xmlfile is for reading XML: every element of one name is a record.
//
// It promises that a document is never held in memory, only one outermost
// record and what is inside of it; that every matching element is a row or a
// reject, in the order in which they start; and that nothing is fetched and no
// entity expanded. It leaves types, columns, encodings and what becomes of a
// value that does not fit to package record.
//
// # Records
//
// Records are the elements that the option record names, or else those that
// were found out (see find.go). An element that matches inside of another is a
// record of its own: it is left out of the outer one, and linked to it by
// _tarn_parent_line and _tarn_parent_record, the outer one's _tarn_record. That
// numbers the records of an input in the order in which they start, since
// several may start on a line. A log without a root element is read as well.
//
// # Values
//
// An attribute is the field _name, a child element the field name, what is
// there several times a list. An element without attributes and elements is its
// text, without spaces around; without text it is NULL. The text of an element
// that has attributes is the field _value; so is, as XML, the content of one in
// which there are elements between the text. Comments and instructions are
// nothing, and namespaces' declarations are no attributes.
//
// # What is wrong
//
// A record is rejected for what stays inside of it: an entity that is not
// predefined, an attribute that is there twice, characters that XML does not
// have, and for its size; of one that is too large, the records inside are read
// nevertheless. Whatever makes it unclear where elements end is the end of the
// load: tags that do not match, a tag that is broken, a document that is cut
// off. So are document types that declare entities, elements that nest more than
// 1,000 deep and more than 1,000 attributes in a tag.
package xmlfile

import (
	"context"
	"io"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

const (
	stripPrefixes = "strip"
	keepPrefixes  = "keep"
)

// New returns the format.
func New() connector.Format {
	return record.New(record.Spec{
		Name:    "xml",
		Endings: []string{".xml"},
		Options: []connector.OptionSpec{
			{Name: "record", Kind: connector.TextOption, Default: "found out: the element that repeats inside of another and has most of the text", Doc: "The name of the elements that are records: control, or with a namespace's prefix oscal:control."},
			{Name: "namespaces", Kind: connector.ChoiceOption, Choices: []string{stripPrefixes, keepPrefixes}, Default: stripPrefixes, Doc: "Whether the names of fields keep the prefixes of namespaces."},
		},
		Dates:        true,
		Unicode:      true,
		SingleIsList: true,
		TextField:    textField,
		Encoding:     declaredEncoding,
		Prepare:      prepare,
		Survey:       survey,
		// The name of the records is kept with what is rejected.
		Look:  func(_ []byte, _ bool, prepared any) (any, error) { return prepared.(*settings).record, nil },
		Links: func(any, any) record.Links { return record.Links{Number: true, Parent: true} },
		Open: func(src record.Source) (record.Parser, error) {
			return newParser(src, src.Prepared.(*settings)), nil
		},
		OpenRecord: openAlone,
	})
}

// textField is the field for text beside attributes.
const textField = "_value"

// settings are the format's own options.
type settings struct {
	// record is the name of the elements that are records.
	record string
	// prefixes keeps the prefixes of namespaces in the names of fields.
	prefixes bool
}

func prepare(set connector.Settings, given map[string]connector.Option) (any, error) {
	s := &settings{}
	s.record, _ = set.Text("record")
	s.record = strings.Trim(s.record, "<>/ ")
	if strings.ContainsAny(s.record, spaces+"/@[") {
		return nil, diag.New("bad-option", given["record"].Place, "option \"record\": %q is not the name of an element", s.record).
			WithHint("give the name alone, such as item or atom:entry, not a path")
	}
	namespaces, _ := set.Text("namespaces")
	s.prefixes = namespaces == keepPrefixes
	return s, nil
}

// survey finds out which elements are records, where that is not declared.
func survey(ctx context.Context, inputs record.Inputs, prepared any) (any, error) {
	s := *prepared.(*settings)
	if s.record != "" || inputs.Len() == 0 {
		return &s, nil
	}
	f := finder{prefixes: s.prefixes}
	for i := range inputs.Len() {
		if err := inputs.Look(ctx, i, func(name string, text io.Reader) error {
			return f.input(ctx, name, text)
		}); err != nil {
			return nil, err
		}
	}
	var err error
	s.record, err = f.found(inputs.Name(0), inputs.Existing)
	return &s, err
}
