package httpapi

import (
	"context"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/serve/reply"
)

// asked is a statement of a client, with where it comes from.
type asked struct {
	gate.Statement
	shown               identity.Access
	client, application string
	// changes: it is statements that change something, of a request that may come
	// again; nil is one that may not.
	changes bool
	request *reply.Request
}

// stated is a statement of the request's.
func (c *call) stated(st gate.Statement) asked {
	return asked{Statement: st, shown: c.who, client: c.r.RemoteAddr, application: c.r.UserAgent()}
}

// notRun puts on record a statement that is refused before it could run, and
// returns why.
func (s *Server) notRun(ctx context.Context, st asked, err error) error {
	entry, recording := s.record(context.WithoutCancel(ctx), st, false)
	if recording != nil {
		return recording
	}
	entry.Finish(outcome(ctx, err))
	return err
}

// outcome is how a statement ended whose client was told of an error; nil is none.
func outcome(ctx context.Context, err error) audit.Outcome {
	o := audit.OutcomeOf(ctx, err)
	if o.State == audit.Failed {
		p := problemOf(err)
		o.Code, o.Message = p.Code, p.Detail
	}
	return o
}

// record puts a statement on record, which may have to wait; nil is nobody's
// record.
func (s *Server) record(ctx context.Context, st asked, waits bool) (*audit.Entry, error) {
	if s.Record == nil {
		return nil, nil
	}
	return s.Record(ctx, audit.Statement{
		Principal: st.Who.Principal.String(), Roles: st.Who.Roles, Protocol: "http", Client: st.client, Application: st.application,
		SQL: st.SQL, Parameters: st.Parameters, Queued: waits,
	})
}
