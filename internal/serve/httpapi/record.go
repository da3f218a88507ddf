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
