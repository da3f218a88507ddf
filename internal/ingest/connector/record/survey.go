package record

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Inputs are all inputs of a load, for [Spec].Survey.
type Inputs struct {
	detail *detail
	list   []connector.Input
	// Existing are the columns of the table, where it exists.
	Existing []connector.Column
}

// Len is how many there are.
func (in Inputs) Len() int { return len(in.list) }

// Name is the name of one.
func (in Inputs) Name(i int) string { return in.list[i].Name }

// Look hands the text of an input to look, from its first character on: as
// UTF-8, without a byte order mark.
func (in Inputs) Look(ctx context.Context, i int, look func(name string, text io.Reader) error) (err error) {
	d := in.detail
	content, err := connector.OpenContent(ctx, in.list[i], d.compression, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	head, err := io.ReadAll(io.LimitReader(content, headSize))
	if err != nil {
		return err
	}
	f, err := d.encodingOf(head, len(head) < headSize, in.list[i].Name)
	if err != nil {
		return err
	}
	stored := io.MultiReader(bytes.NewReader(head[f.bom:]), content)
	return look(in.list[i].Name, f.encoding.Decode(stored))
}
