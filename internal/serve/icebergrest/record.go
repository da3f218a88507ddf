package icebergrest

import (
	"net/http"
	"slices"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
)

// protocol is what the record calls this one.
const protocol = "iceberg"

// decided is what policies said to a call: what it may read and change, and
// which of them decided.
type decided struct {
	reads, changes []ident.Table
	by             []string
}

// decide asks the policies, and takes note of what they say.
func (c *call) decide(do policy.Action, t ident.Table) policy.Decision {
	d := c.policies.Decide(c.asks, do, t)
	for _, rule := range d.By {
		if !slices.Contains(c.decided.by, rule.ID) {
			c.decided.by = append(c.decided.by, rule.ID)
		}
	}
	list := &c.decided.changes
	if do == policy.Select {
		list = &c.decided.reads
	}
	if d.Allowed && t.Name != "" && !slices.Contains(*list, t) {
		*list = append(*list, t)
	}
	return d
}

// record puts a request on record, by its method and path; nil is nobody's
// record. What clients ask before anything else tells of nothing.
func (s *Server) record(c *call, e endpoint) (*audit.Entry, error) {
	if s.Record == nil || e.name == configEndpoint {
		return nil, nil
	}
	r := c.request
	return s.Record(r.Context(), audit.Statement{
		Principal: c.asks.Principal.String(), Roles: c.asks.Roles, Protocol: protocol, Client: r.RemoteAddr, Application: r.UserAgent(),
		SQL: r.Method + " " + r.URL.EscapedPath(),
	})
}

// ended says on record how a request was answered.
func (c *call) ended(entry *audit.Entry, status int, err error) {
	entry.Decided(c.decided.by)
	entry.Planned(c.decided.reads)
	o := audit.Outcome{State: audit.Finished}
	switch {
	case err != nil:
		p := explain(err)
		o = audit.Outcome{State: audit.Failed, Code: p.kind, Message: p.text}
	case status >= http.StatusBadRequest:
		o = audit.Outcome{State: audit.Failed, Code: http.StatusText(status)}
	default:
		entry.Changes(c.decided.changes)
	}
	entry.Finish(o)
}
