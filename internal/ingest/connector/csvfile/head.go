package csvfile

import (
	"bytes"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// head is the start of an input.
type head struct {
	stored []byte
	// whole says that nothing follows.
	whole    bool
	encoding connector.Encoding
	bom      int
	// text are the whole lines as UTF-8, with readable padding behind them;
	// each ends with eol.
	text []byte
	eol  byte
}

// readHead reads size bytes, and more until there is a whole line among them.
func (s *settings) readHead(r io.Reader, size int) (*head, error) {
	h := &head{}
	for ; ; size = len(h.stored) {
		more, err := io.ReadAll(io.LimitReader(r, int64(size)))
		if err != nil {
			return nil, err
		}
		h.stored = append(h.stored, more...)
		h.whole = len(more) < size
		if err := h.decode(s.encoding); err != nil {
			return nil, err
		}
		if len(h.text) > 0 || h.whole || len(h.stored) > s.maxRecord {
			return h, nil
		}
	}
}

// decode fills what follows from the stored bytes.
func (h *head) decode(declared connector.Encoding) error {
	if h.encoding = declared; declared == "" {
		h.encoding = connector.SniffEncoding(h.stored, h.whole)
	}
	h.bom = h.encoding.BOM(h.stored)
	text, err := io.ReadAll(h.encoding.Decode(bytes.NewReader(h.stored[h.bom:])))
	if err != nil {
		return err
	}
	h.eol = lineEnd(text, h.whole)
	end := bytes.LastIndexByte(text, h.eol) + 1
	if h.whole && end < len(text) {
		text = append(text, h.eol)
		end = len(text)
	}
	h.text = append(text[:end], make([]byte, connector.Padding)...)[:end]
	return nil
}

// lineEnd finds out what ends lines: \n, unless there is none but a \r. One at
// the end of a text that goes on may be half a line end, and tells nothing.
func lineEnd(text []byte, whole bool) byte {
	if !whole {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0 {
		return '\r'
	}
	return '\n'
}
