package textlog

import (
	"bytes"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// A count has up to nine digits, a space and the start of a message behind it.
const countDigits = 9

// frame reads a record that is framed by a count of octets (RFC 6587, section
// 3.4.1), such as "11 <13>hello\nu", if there is one. A count behind whose
// octets neither another record nor a line end nor the end of the text stands
// is none: then the line is read as one.
func (r *Reader) frame(rec *Record) (framed bool, err error) {
	text, err := r.view(countDigits + 3)
	if err != nil {
		return false, err
	}
	size, head := count(text)
	if head == 0 || size > r.limits.Bytes {
		return false, nil
	}
	if text, err = r.view(head + size + countDigits + 3); err != nil {
		return false, err
	}
	if len(text) < head+size {
		if n := bytes.IndexByte(text, '\n'); n >= 0 && n < len(text)-1 {
			return false, nil // lines follow, which a count that lies must not hide
		}
		r.short(rec, text, size-(len(text)-head))
		return true, nil
	}
	rest := text[head+size:]
	if next, _ := count(rest); len(rest) > 0 && next == 0 && rest[0] != '\n' && rest[0] != '<' {
		return false, nil
	}
	rec.Text = bytes.TrimRight(text[head:head+size], "\r\n")
	r.used = head + size
	ends := bytes.Count(text[head:r.used], []byte("\n"))
	if len(rest) > 0 && rest[0] == '\n' {
		r.used++
		ends++
	}
	rec.Lines = int64(max(1, ends))
	r.line += int64(ends)
	r.cut = text[r.used-1] != '\n'
	return true, nil
}

// short makes a reject of a record that the end of the text cut.
func (r *Reader) short(rec *Record, text []byte, lacks int) {
	rec.Text = bytes.TrimRight(text, "\r\n")
	rec.Violations = []connector.Violation{{Rule: connector.RuleFormat, Reason: fmt.Sprintf("the text ends %d bytes before its count says", lacks)}}
	r.used = len(text)
	r.line += int64(bytes.Count(text, []byte("\n")))
	if text[len(text)-1] != '\n' {
		r.line++
	}
	r.cut = true
}

// view brings n bytes into view, or what there is.
func (r *Reader) view(n int) ([]byte, error) {
	for len(r.window.Bytes()) < n {
		if more, err := r.window.More(); err != nil || !more {
			return r.window.Bytes(), err
		}
	}
	return r.window.Bytes(), nil
}

// count reads the count that a record starts with and returns where the record
// itself starts; 0 where there is none.
func count(text []byte) (size, head int) {
	for head < len(text) && head <= countDigits && text[head]-'0' <= 9 {
		size = size*10 + int(text[head]-'0')
		head++
	}
	if head == 0 || head > countDigits || text[0] == '0' || len(text) < head+2 || text[head] != ' ' || text[head+1] != '<' {
		return 0, 0
	}
	return size, head + 1
}
