package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Edit is a quarantined record as people get it to mend, and give it back.
type Edit struct {
	Table string `json:"table"`
	File  string `json:"file"`
	Line  int64  `json:"line"`
	// Was tells which bytes stood there: see [Fingerprint]. Where it is empty
	// file and line tell the record alone.
	Was string `json:"was,omitempty"`
	// Raw is the record; RawBase64 where it is no UTF-8.
	Raw        *string     `json:"raw,omitempty"`
	RawBase64  []byte      `json:"raw_base64,omitempty"`
	Violations []Violation `json:"violations,omitempty"`
}

// Violation is a rule that a record breaks, for people to read.
type Violation struct {
	Column string `json:"column,omitempty"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// Fingerprint tells the bytes of a record from others at the same line.
func Fingerprint(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// SetRaw puts the record's bytes in.
func (e *Edit) SetRaw(raw []byte) {
	e.Was = Fingerprint(raw)
	if utf8.Valid(raw) {
		text := string(raw)
		e.Raw, e.RawBase64 = &text, nil
		return
	}
	e.Raw, e.RawBase64 = nil, bytes.Clone(raw)
}

// bytes are the record's bytes.
func (e *Edit) bytes() []byte {
	if e.Raw != nil {
		return []byte(*e.Raw)
	}
	return e.RawBase64
}

// ReadEdits reads records that were exported as NDJSON, by table.
func ReadEdits(name string, r io.Reader) (map[string][]Edit, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	all := map[string][]Edit{}
	for n := 1; ; n++ {
		var e Edit
		err := d.Decode(&e)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err == nil {
			err = e.check()
		}
		if err != nil {
			return nil, diag.New("bad-replay", diag.Place{File: name, Line: n}, "record %d: %v", n, err).
				WithHint("give back what tarn quarantine export wrote, with raw edited")
		}
		all[e.Table] = append(all[e.Table], e)
	}
}

func (e *Edit) check() error {
	switch {
	case e.Table == "":
		return errors.New(`"table" is missing`)
	case e.File == "":
		return errors.New(`"file" is missing`)
	case e.Raw == nil && e.RawBase64 == nil:
		return errors.New(`"raw" is missing`)
	case e.Raw != nil && e.RawBase64 != nil:
		return errors.New(`"raw" and "raw_base64" are both there`)
	}
	return nil
}

// edits are the edits of one file, by line and fingerprint.
type edits map[string][]*Edit

func editKey(line int64, was string) string { return fmt.Sprintf("%d:%s", line, was) }

func editsByFile(list []Edit) map[string]edits {
	all := map[string]edits{}
	for i := range list {
		e := &list[i]
		if all[e.File] == nil {
			all[e.File] = edits{}
		}
		key := editKey(e.Line, e.Was)
		all[e.File][key] = append(all[e.File][key], e)
	}
	return all
}

// take returns the edit of a record and forgets it; nil is none.
func (e edits) take(line int64, raw []byte) *Edit {
	for _, was := range []string{Fingerprint(raw), ""} {
		key := editKey(line, was)
		if list := e[key]; len(list) > 0 {
			e[key] = list[1:]
			return list[0]
		}
	}
	return nil
}

// left are the edits that no record was found for.
func (e edits) left() []*Edit {
	var all []*Edit
	for _, list := range e {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b *Edit) int { return int(a.Line - b.Line) })
	return all
}

// clone returns edits to take from.
func (e edits) clone() edits {
	if e == nil {
		return nil
	}
	c := make(edits, len(e))
	for key, list := range e {
		c[key] = slices.Clone(list)
	}
	return c
}
