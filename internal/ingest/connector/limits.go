package connector

import (
	"io"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Limits bound what compressed data may become, so that a small file made to
// fill memory or disks does not. The zero value has the defaults; a negative
// number is no limit.
type Limits struct {
	// Ratio is how many times as large it may become, looked at from
	// [RatioFrom] bytes on (0 is [DefaultRatio]).
	Ratio int64
	// Expanded is how many bytes it may become (0 is [DefaultExpanded]).
	Expanded int64
}

// The defaults of [Limits].
const (
	DefaultRatio    = 200
	DefaultExpanded = 1 << 40
	RatioFrom       = 100 << 20
)

// Check returns a problem where size bytes made of stored ones are too many.
func (l Limits) Check(name string, stored, size int64) error {
	ratio, most := l.Ratio, l.Expanded
	if ratio == 0 {
		ratio = DefaultRatio
	}
	if most == 0 {
		most = DefaultExpanded
	}
	place := diag.Place{File: name}
	switch {
	case most > 0 && size > most:
		return diag.New("expands-too-much", place, "it is compressed and becomes more than %d bytes, the limit (max_expanded)", most).
			WithHint("nothing of it was loaded; if you trust the file, raise max_expanded")
	case ratio > 0 && size > RatioFrom && size/ratio > stored:
		return diag.New("expands-too-much", place, "it is compressed and becomes more than %d times as large: %d bytes made %d, the limit is max_ratio", ratio, stored, size).
			WithHint("nothing of it was loaded; if you trust the file, raise max_ratio")
	}
	return nil
}

// expanding counts what a decompressor makes and stops it at the limits.
type expanding struct {
	io.Reader
	in   Input
	raw  *rawReader
	size int64
}

// Read reads and counts.
func (e *expanding) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	e.size += int64(n)
	if problem := e.in.Limits.Check(e.in.Name, e.raw.read, e.size); problem != nil {
		e.raw.err = problem
		return 0, problem
	}
	return n, err
}
