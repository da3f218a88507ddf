//go:build duckdb_arrow

package duckdb

import (
	"context"
	"errors"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Text runs a query whose parameters and whose one value are texts.
func (s *session) Text(ctx context.Context, query string, args ...string) (_ string, err error) {
	defer guard(&err)
	for _, arg := range args {
		if err := checkText(arg); err != nil {
			return "", err
		}
	}
	if err := s.begin(ctx); err != nil {
		return "", err
	}
	defer s.end()
	defer s.watch(ctx)()
	text, err := s.text(ctx, query, args)
	if err != nil {
		return "", s.explain(ctx, err)
	}
	return text, nil
}

func (s *session) text(ctx context.Context, query string, args []string) (string, error) {
	p, known := s.texts[query]
	if !known {
		var err error
		if p, _, err = s.prepareOnly(query); err != nil {
			return "", err
		}
		s.texts[query] = p
	}
	for i, arg := range args {
		if bindings.BindVarchar(p, bindings.IdxT(i+1), arg) == bindings.StateError {
			return "", parseError(query, bindings.PrepareError(p))
		}
	}
	r, err := s.execute(ctx, p, query, bindings.PendingPrepared)
	if err != nil {
		return "", err
	}
	defer bindings.DestroyResult(r)
	return oneText(r)
}

// oneText reads a result of one text.
func oneText(r *bindings.Result) (string, error) {
	chunk := bindings.FetchChunk(*r)
	if chunk.Ptr == nil {
		return "", errors.New("the engine returned no text")
	}
	defer bindings.DestroyDataChunk(&chunk)
	if bindings.ColumnCount(r) != 1 || bindings.ColumnType(r, 0) != bindings.TypeVarchar || bindings.DataChunkGetSize(chunk) != 1 {
		return "", errors.New("the engine returned something else than one text")
	}
	column := bindings.DataChunkGetVector(chunk, 0)
	if mask := bindings.VectorGetValidity(column); mask != nil && !bindings.ValidityRowIsValid(mask, 0) {
		return "", errors.New("the engine returned NULL in the place of a text")
	}
	return bindings.StringTData((*bindings.StringT)(bindings.VectorGetData(column))), nil
}
