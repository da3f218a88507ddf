//go:build duckdb_arrow

package duckdb

import (
	"context"
	"errors"
	"fmt"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/engine"
)

// statements is parsed text.
type statements struct {
	sql   string
	list  bindings.ExtractedStatements
	count int
}

func (st *statements) destroy() { bindings.DestroyExtracted(&st.list) }

func (s *session) extract(sql string) (*statements, error) {
	if err := checkText(sql); err != nil {
		return nil, err
	}
	st := &statements{sql: sql}
	st.count = int(bindings.ExtractStatements(s.conn, sql, &st.list))
	if st.count > 0 {
		return st, nil
	}
	defer st.destroy()
	if said := bindings.ExtractStatementsError(st.list); said != "" {
		return nil, parseError(sql, said)
	}
	return nil, errors.New("the statement is empty")
}

func (s *session) prepare(st *statements, i int) (p bindings.PreparedStatement, err error) {
	if bindings.PrepareExtractedStatement(s.conn, st.list, bindings.IdxT(i), &p) == bindings.StateError {
		err = parseError(st.sql, bindings.PrepareError(p))
		bindings.DestroyPrepare(&p)
	}
	return p, err
}

// prepareOnly prepares sql, which must be one statement.
func (s *session) prepareOnly(sql string) (p bindings.PreparedStatement, done func(), err error) {
	st, err := s.extract(sql)
	if err != nil {
		return p, nil, err
	}
	defer st.destroy()
	if st.count != 1 {
		return p, nil, fmt.Errorf("expected one statement, got %d", st.count)
	}
	if p, err = s.prepare(st, 0); err != nil {
		return p, nil, err
	}
	return p, func() { bindings.DestroyPrepare(&p) }, nil
}

// described is a statement that was prepared to tell its columns.
type described struct {
	sql  string
	p    bindings.PreparedStatement
	done func()
}

// keep keeps a statement in the place of the one before.
func (s *session) keep(d described) {
	if s.described.done != nil {
		s.described.done()
	}
	s.described = d
}

// prepareQuery prepares sql, unless it was described just before.
func (s *session) prepareQuery(sql string) (p bindings.PreparedStatement, done func(), err error) {
	if d := s.described; d.done != nil && d.sql == sql {
		s.described = described{}
		return d.p, d.done, nil
	}
	return s.prepareOnly(sql)
}

// pendingFunc starts a prepared statement, with or without streaming.
type pendingFunc func(bindings.PreparedStatement, *bindings.PendingResult) bindings.State

// execute runs p until its result, or the first part of it, is there.
//
// An interrupt that comes before the engine has started the statement is lost,
// one that comes later is not; hence the look at ctx in between.
func (s *session) execute(ctx context.Context, p bindings.PreparedStatement, sql string, start pendingFunc) (*bindings.Result, error) {
	var pending bindings.PendingResult
	defer bindings.DestroyPending(&pending)
	if start(p, &pending) == bindings.StateError {
		return nil, parseError(sql, bindings.PendingError(pending))
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := new(bindings.Result)
	if bindings.ExecutePending(pending, r) == bindings.StateError {
		said := bindings.ResultError(r)
		bindings.DestroyResult(r)
		return nil, parseError(sql, said)
	}
	return r, nil
}

// placeholders returns the placeholders of a statement.
func (s *session) placeholders(sql string) ([]engine.Column, error) {
	p, done, err := s.prepareOnly(sql)
	if err != nil {
		return nil, err
	}
	defer done()
	list := make([]engine.Column, bindings.NParams(p))
	for i := range list {
		n := bindings.IdxT(i + 1)
		list[i].Name = bindings.ParameterName(p, n)
		switch bindings.ParamType(p, n) {
		case bindings.TypeInvalid, bindings.TypeAny, bindings.TypeSQLNull:
			continue
		}
		t := bindings.ParamLogicalType(p, n)
		list[i].Type, err = s.in.typeName(t)
		bindings.DestroyLogicalType(&t)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
