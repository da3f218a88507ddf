package httpapi

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
)

// asked is a statement of a client, with where it comes from.
type asked struct {
	gate.Statement
	client, application string
}

// query lets a statement pass that is on record before, and ends there when its
// rows are released.
func (s *Server) query(ctx context.Context, st asked) (array.RecordReader, []engine.Column, error) {
	entry, err := s.record(ctx, st)
	if err != nil {
		return nil, nil, err
	}
	st.Decisions = &gate.Decisions{}
	rows, columns, err := s.pass(ctx, st.Statement)
	entry.Decided(st.Decisions.Policies())
	if err != nil {
		entry.Finish(audit.OutcomeOf(ctx, err))
		return nil, nil, err
	}
	entry.Planned(rows.Tables)
	return audit.Rows(ctx, rows, entry), columns, nil
}

// record puts a statement on record; nil is nobody's record.
func (s *Server) record(ctx context.Context, st asked) (*audit.Entry, error) {
	if s.Record == nil {
		return nil, nil
	}
	return s.Record(ctx, audit.Statement{
		Principal: st.Who.Principal.String(), Roles: st.Who.Roles, Protocol: "http", Client: st.client, Application: st.application,
		SQL: st.SQL, Parameters: st.Parameters,
	})
}
