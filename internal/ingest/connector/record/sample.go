package record

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	// sampleAll bounds the samples of all inputs together; each gets an even
	// share, no more than sampleFile, no less than sampleLeast.
	sampleAll   = 16 << 20
	sampleFile  = 1 << 20
	sampleLeast = 16 << 10
	// sampleSearch is how far a sample looks for records that can be read.
	sampleSearch = 64 << 20
	// sampleRecord is the largest record that a sample holds, unless there is no
	// other.
	sampleRecord = 2 << 20
	// headSize is how much is looked at to find out how an input is written.
	headSize = 32 << 10
)

// sampleSize is how much of each input is looked at.
func sampleSize(all int64, inputs int) int64 {
	switch {
	case all < 0:
		return math.MaxInt64
	case all == 0:
		return max(sampleLeast, min(sampleFile, sampleAll/int64(max(inputs, 1))))
	}
	return max(1, all/int64(max(inputs, 1)))
}

// sample is what the start of one input showed.
type sample struct {
	name string
	file file
	root *shape
	// good is how many bytes the records have that can be read.
	good int64
	// rejected counts records that cannot be read; the first of them.
	rejected  int64
	badLine   int64
	badReason string
}

// sample looks at about limit bytes of an input's records.
func (d *detail) sample(ctx context.Context, in connector.Input, limit int64) (*sample, error) {
	if limit < math.MaxInt64 && d.maxRecord > sampleRecord {
		small := *d
		small.maxRecord = sampleRecord
		if found, err := small.sample(ctx, in, limit); err != nil || found.good > 0 || found.rejected == 0 {
			return found, err
		}
	}
	content, err := connector.OpenContent(ctx, in, d.compression, false)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }() // read only: there is nothing to lose
	head, err := io.ReadAll(io.LimitReader(content, headSize))
	if err != nil {
		return nil, err
	}
	found := &sample{name: in.Name, root: d.root.clone()}
	if found.file, err = d.look(head, in.Name); err != nil {
		return nil, err
	}
	found.file.compression = content.Compression()
	if in.StartOffset > 0 {
		return found, d.sampleTail(ctx, in, found, limit)
	}
	return found, d.observe(ctx, in, found, io.MultiReader(bytes.NewReader(head[found.file.bom:]), content), limit)
}

// sampleTail looks at what a grown input has more.
func (d *detail) sampleTail(ctx context.Context, in connector.Input, found *sample, limit int64) error {
	content, err := connector.OpenContent(ctx, in, found.file.compression, false)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }() // read only: there is nothing to lose
	if err := content.SkipPrefix(); err != nil {
		return err
	}
	return d.observe(ctx, in, found, content, limit)
}

// encodingOf finds out how the characters of an input are stored.
func (d *detail) encodingOf(head []byte, whole bool, input string) (file, error) {
	f := file{encoding: d.encoding}
	if f.encoding == "" && d.spec.Encoding != nil {
		var err error
		if f.encoding, err = d.spec.Encoding(head); err != nil {
			var problem *diag.Problem
			if errors.As(err, &problem) {
				problem.Place.File = input
			}
			return f, err
		}
	}
	if f.encoding == "" {
		f.encoding = connector.SniffEncoding(head, whole)
		if d.spec.Unicode && f.encoding != connector.UTF16BE && f.encoding != connector.UTF16LE {
			f.encoding = connector.UTF8
		}
	}
	f.bom = f.encoding.BOM(head)
	return f, nil
}

// look finds out how an input is written.
func (d *detail) look(head []byte, input string) (file, error) {
	whole := len(head) < headSize
	f, err := d.encodingOf(head, whole, input)
	if err != nil {
		return f, err
	}
	if d.spec.Look != nil {
		text, err := io.ReadAll(f.encoding.Decode(bytes.NewReader(head[f.bom:])))
		if err != nil {
			return f, err
		}
		if f.looked, err = d.spec.Look(text, whole, d.prepared); err != nil {
			return f, err
		}
	}
	if d.spec.Links != nil {
		f.links = d.spec.Links(d.prepared, f.looked)
	}
	return f, nil
}

// observe reads records for the kinds of their values.
func (d *detail) observe(ctx context.Context, in connector.Input, found *sample, stored io.Reader, limit int64) error {
	names := NewNames()
	source := &bitwise{source: found.file.encoding.Decode(stored)}
	parser, err := d.open(in, found.file, source, names)
	if err != nil {
		return err
	}
	defer parser.Close()
	o := observer{names: names, formats: d.formats, style: d.spec.style(), fixed: d.fixed, parts: found.root.parts()}
	var rec Record
	// Records without any field make no columns: what is behind them does.
	for (found.good < limit || len(found.root.fields) == 0) && (source.read < sampleSearch || limit == math.MaxInt64) {
		if err := parser.Next(&rec); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if len(rec.Violations) == 0 {
			_, rec.Violations = o.record(found.root, &rec)
		}
		if len(rec.Violations) > 0 {
			found.reject(&rec)
			continue
		}
		found.good += int64(len(rec.Raw)) + 1
		if o.tooMany(found.root) {
			return tooManyColumns(diag.Place{File: in.Name, Line: int(rec.Line)})
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (found *sample) reject(rec *Record) {
	if found.rejected++; found.rejected == 1 {
		found.badLine, found.badReason = rec.Line, rec.Violations[0].Reason
	}
}

// open starts to parse an input.
func (d *detail) open(in connector.Input, f file, text io.Reader, names *Names) (Parser, error) {
	return d.spec.Open(Source{
		Input: in.Name, Text: text, Line: max(1, in.StartLine), Encoding: f.encoding,
		MaxRecord: d.maxRecord, Settings: d.checked, Prepared: d.prepared, Looked: f.looked, Names: names,
	})
}

// bitwise gives little at a time, so that a sample reads little, and counts it.
type bitwise struct {
	source io.Reader
	read   int64
}

// Read reads at most 64 KB.
func (b *bitwise) Read(p []byte) (int, error) {
	n, err := b.source.Read(p[:min(len(p), 64<<10)])
	b.read += int64(n)
	return n, err
}
