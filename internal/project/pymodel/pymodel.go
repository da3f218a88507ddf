// Package pymodel is for Python models: it reads what their code says to dbt
// (dbt.ref, dbt.source, dbt.config, dbt.config.get) without running it.
//
// It promises that calls with literal arguments are found wherever they stand,
// that those within strings and comments are not, and that what cannot be
// known without running the code is a problem with its place. It leaves running
// the code to others.
package pymodel

import (
	"regexp"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Ref is one call of dbt.ref.
type Ref struct {
	Package, Name, Version string
	Place                  diag.Place
}

// Source is one call of dbt.source.
type Source struct {
	Source, Table string
	Place         diag.Place
}

// Value is a setting and where it was given.
type Value struct {
	Value any
	Place diag.Place
}

// Model is what a file says to dbt.
type Model struct {
	Refs    []Ref
	Sources []Source
	Config  map[string]Value
}

var modelFunction = regexp.MustCompile(`(?m)^(?:async[ \t]+)?def[ \t]+model[ \t]*\(`)

// Read reads the text of a file.
func Read(file, text string) (*Model, error) {
	toks, err := scan(file, text)
	if err != nil {
		return nil, err
	}
	if n := len(modelFunction.FindAllStringIndex(text, -1)); n != 1 {
		return nil, diag.New("bad-python-model", diag.Place{File: file, Line: 1, Column: 1}, "a Python model has one function `model`, not %d", n).
			WithHint("write def model(dbt, session): … return df")
	}
	out := &Model{Config: map[string]Value{}}
	r := &reader{toks: toks, model: out, asked: map[string][]any{}}
	for r.at = 0; r.at < len(toks); r.at++ {
		if err := r.call(); err != nil {
			return nil, err
		}
	}
	r.finish()
	return out, nil
}
