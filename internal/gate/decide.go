package gate

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
)

// rights are what somebody may do, by the policies of one moment.
type rights struct {
	who      policy.Who
	policies policy.Tables
	log      *slog.Logger
	noted    *Decisions // what is decided for who; nil takes no notes
}

// rights are those of who asks, at this moment.
func (g *Gate) rights(st Statement) rights { return rights{st.Who, g.policies(), g.log, st.Decisions} }

// of are the rights of somebody else at the same moment.
func (r rights) of(who policy.Who) rights {
	r.who, r.noted = who, nil
	return r
}

// sees reports whether there is anything that one may do with a table. For those
// who may not do anything, it is not there.
func (r rights) sees(t ident.Table) bool { return r.policies.Sees(r.who, t) }

// refusal is why one may not do something to a table or a namespace; "" is that
// one may.
func (r rights) refusal(do policy.Action, t ident.Table) string {
	switch {
	case r.who.Principal.IsZero():
		return "the statement has no principal"
	case IsReserved(t.Namespace) && do != policy.Select:
		return fmt.Sprintf("%s may not be changed: the namespace %s is made by Tarn", t, t.Namespace)
	}
	d := r.policies.Decide(r.who, do, t)
	r.noted.note(do, t, d)
	if d.Allowed {
		return ""
	}
	if d.Trouble != nil {
		r.log.Error("a policy cannot be evaluated", "principal", r.who.Principal.String(), "error", d.Trouble.Error())
	}
	return fmt.Sprintf("%s may not %s %s: %s", r.who.Principal, do, t, r.policies.Told(r.who, do, t, d).Reason())
}

// selects reports whether one may read a table.
func (r rights) selects(t ident.Table) bool {
	return r.policies.Decide(r.who, policy.Select, t).Allowed
}

// all reports whether one may be told of the whole.
func (r rights) all() bool { return r.policies.Set.SeesAll(r.who) }

// seer tells which tables and views of a scope one sees: those of one's own, too.
func (r rights) seer(s Scope) func(ident.Table) bool {
	sees := r.policies.Viewer(r.who)
	return func(t ident.Table) bool { return isTemporary(s, t) || sees(t) }
}

// entries are the tables and views of a scope that one sees.
func (r rights) entries(ctx context.Context, s Scope) []lake.Entry {
	sees := r.seer(s)
	return slices.DeleteFunc(s.Entries(ctx), func(e lake.Entry) bool { return !sees(e.Name) })
}

// namespaces are those that one may do something with, or with what is in or
// below them, of which seen is what one sees.
func (r rights) namespaces(ctx context.Context, s Scope, seen []lake.Entry) []string {
	held := map[string]bool{}
	for _, e := range seen {
		for name := ident.Fold(e.Name.Namespace); name != ""; name = name[:max(strings.LastIndexByte(name, '.'), 0)] {
			held[name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(s.Namespaces(ctx)), func(n string) bool {
		return !held[ident.Fold(n)] && !r.sees(ident.Table{Namespace: n})
	})
}

// names are those of a scope that one sees: hints name no others.
func (r rights) names(ctx context.Context, s Scope) []ident.Table {
	sees := r.seer(s)
	return slices.DeleteFunc(slices.Clone(s.Names(ctx)), func(t ident.Table) bool {
		if ident.Fold(t.Namespace) == SystemNamespace {
			found, err := s.System(ctx, ident.Fold(t.Name), Wanted{rights: &r})
			return err != nil || found == nil
		}
		return !sees(t)
	})
}

// Allow decides whether who asks may do something to a table or a namespace that
// the text names at an offset; see [Statement.Of] for what reads. An
// [lake.ErrNotFound] is one that they may do nothing with, whether it is there
// or not.
func (g *Gate) Allow(st Statement, do policy.Action, t ident.Table, offset int) error {
	r := g.rights(st)
	why := r.refusal(do, t)
	switch {
	case why == "":
		return nil
	case do != policy.Create && !IsReserved(t.Namespace) && !r.sees(t):
		return st.Problem("unknown-table", offset, "there is no table %s", t).WithCause(lake.ErrNotFound)
	case IsReserved(t.Namespace):
		return st.Problem("denied", offset, "%s", why)
	}
	return denied(st.Problem("denied", offset, "%s", why))
}

// Seen are the tables and views of the statement's scope that who asks may do
// something with, and the namespaces that there are for them.
func (g *Gate) Seen(ctx context.Context, st Statement) ([]lake.Entry, []string) {
	r := g.rights(st)
	entries := r.entries(ctx, st.Scope)
	return entries, r.namespaces(ctx, st.Scope, entries)
}

// denied tells where to ask.
func denied(p *diag.Problem) *diag.Problem {
	return p.WithHint("tarn policy explain says which policies decide it")
}
