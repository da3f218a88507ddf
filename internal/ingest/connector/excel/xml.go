package excel

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

// longestToken bounds what is kept of a part at once: a text, or a tag. Excel
// lets a cell have 32,767 characters.
const longestToken = 8 << 20

// xmlReader reads the tags and texts of one part.
type xmlReader struct {
	decoder *xml.Decoder
	source  *partReader
	token   xml.Token
	err     error
}

// partReader reads a part and holds it to the limits.
type partReader struct {
	b     *book
	part  io.Reader
	size  int64
	bytes int64
	// left is how much may be read until the next token.
	left int64
}

var errLongToken = errors.New("a text or a tag is longer than 8 MB")

func (r *partReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errLongToken
	}
	n, err := r.part.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	r.bytes += int64(n)
	if problem := r.b.in.Limits.Check(r.b.in.Name, r.size, r.bytes); problem != nil {
		return n, problem
	}
	return n, err
}

// xml reads a part with fn.
func (b *book) xml(name string, fn func(*xmlReader) error) error {
	f, ok := b.parts[strings.ToLower(name)]
	if !ok {
		return b.problem("damaged", "the workbook lacks its part %s", name)
	}
	part, err := f.Open()
	if err != nil {
		return b.explain(name, err)
	}
	source := &partReader{b: b, part: part, size: int64(min(f.CompressedSize64, uint64(b.stored.Size()))), left: longestToken}
	decoder := xml.NewDecoder(source)
	decoder.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("it is in the encoding %.40q, not UTF-8", charset)
	}
	err = fn(&xmlReader{decoder: decoder, source: source})
	return errors.Join(b.explain(name, err), part.Close())
}

// next reads the next token.
func (x *xmlReader) next() bool {
	x.source.left = longestToken
	x.token, x.err = x.decoder.RawToken()
	if x.err == io.EOF { //nolint:errorlint // one that is wrapped is damage, not the end //nolint:errorlint // a wrapped one is a failure to read
		x.err = nil
		return false
	}
	return x.err == nil
}

// start is the local name of the tag that starts here, or "".
func (x *xmlReader) start() string {
	if t, ok := x.token.(xml.StartElement); ok {
		return t.Name.Local
	}
	return ""
}

// end is the local name of the tag that ends here, or "".
func (x *xmlReader) end() string {
	if t, ok := x.token.(xml.EndElement); ok {
		return t.Name.Local
	}
	return ""
}

// text is the text that stands here.
func (x *xmlReader) text() []byte {
	t, _ := x.token.(xml.CharData)
	return t
}

// attribute is the value of an attribute of the tag that starts here, by its
// local name.
func (x *xmlReader) attribute(name string) string {
	t, _ := x.token.(xml.StartElement)
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// explain says what is wrong with a part.
func (b *book) explain(name string, err error) error {
	var problem *diag.Problem
	var own *ownError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own.error
	case errors.As(err, &problem):
		return err
	case errors.Is(err, errLongToken):
		return b.problem("expands-too-much", "in the workbook's part %s %v", name, err)
	}
	return b.problem("damaged", "the workbook's part %s is damaged: %v", name, err)
}

// ownError is an error of who the rows are handed to, or a cancellation: not
// the file's.
type ownError struct{ error }

func (e *ownError) Unwrap() error { return e.error }
