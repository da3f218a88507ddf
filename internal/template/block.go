package template

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// Block is a snapshot or a docs block of a file.
type Block struct {
	Kind, Name string
	// Place is where its opening tag begins, and Start where its text does.
	Place, Start diag.Place
	// Text is what stands between the tags, and Source all of it.
	Text, Source string
}

// Blocks returns the blocks of a kind in a file, such as snapshot or docs; with
// a problem come those before it.
func Blocks(file, text string, kinds ...string) ([]Block, []*diag.Problem) {
	found, err := environment.Definitions(file, text, kinds...)
	blocks := make([]Block, len(found))
	for i, d := range found {
		blocks[i] = Block{
			Kind: d.Kind, Name: d.Name, Text: d.Text(), Source: d.Source(),
			Place: diag.Place{File: file, Line: d.Line, Column: d.Column},
			Start: start(file, d),
		}
	}
	if err != nil {
		return blocks, []*diag.Problem{problemOf(err)}
	}
	return blocks, nil
}

// start is where the text of a definition begins.
func start(file string, d *jinja.Definition) diag.Place {
	line, column := d.TextPlace()
	return diag.Place{File: file, Line: line, Column: column}
}
