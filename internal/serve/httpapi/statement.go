package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
)

// statement is what a client asks, for the gate.
func (s *Server) statement(ctx context.Context, who policy.Who, sql string, parameters []json.RawMessage) (gate.Statement, error) {
	scope, err := s.Scope(ctx)
	if err != nil {
		return gate.Statement{}, err
	}
	st := gate.Statement{SQL: sql, Who: who, Scope: scope, Purpose: "query"}
	if len(parameters) == 0 {
		return st, nil
	}
	types, err := s.placeholders(ctx, st)
	if err != nil {
		return gate.Statement{}, err
	}
	for i, p := range parameters {
		typ := ""
		if i < len(types) {
			typ = types[i]
		}
		text, err := constant(p, typ)
		if err != nil {
			return gate.Statement{}, problemf(http.StatusUnprocessableEntity, "parameter", "the parameter $%d %v", i+1, err)
		}
		st.Parameters = append(st.Parameters, text)
	}
	return st, nil
}

// placeholders returns the types of a statement's parameters.
func (s *Server) placeholders(ctx context.Context, st gate.Statement) ([]string, error) {
	if s.changes(st.SQL) {
		return s.Transactions.Begin(st.Scope, st.Who).Placeholders(ctx, st) // leaves nothing behind
	}
	return s.Gate.Placeholders(ctx, st)
}

// wrong is what is wrong with a parameter.
type wrong string

func (w wrong) Error() string { return string(w) }

// constant writes a value as a constant of SQL, of the type that the statement
// has for it; "" is none that it says.
func constant(value json.RawMessage, typ string) (string, error) {
	var v any
	decoder := json.NewDecoder(strings.NewReader(string(value)))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return "", wrong("is no JSON: " + err.Error())
	}
	switch v := v.(type) {
	case nil:
		return "NULL", nil
	case bool:
		return strconv.FormatBool(v), nil
	case json.Number:
		return v.String(), nil
	case string:
		if strings.ContainsRune(v, 0) {
			return "", wrong("holds a zero byte, which texts cannot")
		}
		if typ == "" || typ == "VARCHAR" {
			return ident.Literal(v), nil
		}
		return "CAST(" + ident.Literal(v) + " AS " + typ + ")", nil
	}
	return "", wrong("is a list or an object: give null, true, false, a number or a text, and cast it in the statement")
}

// pass lets a statement pass, with columns that Arrow carries whole. The rows
// must be released.
func (s *Server) pass(ctx context.Context, st gate.Statement) (*gate.Result, []engine.Column, error) {
	var columns []engine.Column
	rows, err := s.Gate.Select(ctx, st, func(inner string, found []engine.Column) (string, error) {
		columns = found
		return gate.Spelled(inner, found, asText), nil
	})
	return rows, columns, err
}

// asText reports whether values of a type have to be made text by the engine.
func asText(typ string) bool {
	return gate.Lossy(typ) || strings.Contains(typ, "ENUM") || strings.Contains(typ, "UNION")
}
