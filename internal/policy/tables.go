package policy

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
)

// Tables are policies that are asked by the names of tables. A name without the
// part behind the last dot is a namespace.
type Tables struct {
	Set *Set
	// Tags are those that a table has at the moment of the call; nil gives none.
	Tags func(ident.Table) []string
}

// Default are the policies of a project that has none of its own: owners do
// everything, and readers read.
func Default() (Tables, error) {
	set, err := Compile(nil, nil)
	return Tables{Set: set}, err
}

func (t Tables) resource(name ident.Table) Resource {
	r := Resource{Table: name}
	if t.Tags != nil {
		r.Tags = t.Tags(name)
	}
	return r
}

// Decide answers whether somebody may do something to a table or namespace.
func (t Tables) Decide(who Who, do Action, name ident.Table) Decision {
	return t.Set.Decide(who, do, t.resource(name))
}

// Sees reports whether there is anything that somebody may do with a table or
// namespace. For those who may not do anything, it is not there.
func (t Tables) Sees(who Who, name ident.Table) bool {
	return t.Set.Sees(who, t.resource(name))
}

// Viewer returns what tells whether there is anything that somebody may do with
// one of many tables and namespaces.
func (t Tables) Viewer(who Who) func(ident.Table) bool {
	v := t.Set.Viewer(who)
	return func(name ident.Table) bool { return v.Sees(t.resource(name)) }
}

// Permitted returns what tells which of some actions somebody may do to one of
// many tables and namespaces.
func (t Tables) Permitted(who Who, actions ...Action) func(ident.Table) []Action {
	v := t.Set.Viewer(who)
	return func(name ident.Table) []Action { return v.Permitted(t.resource(name), actions) }
}

// WhoOf is who was let in, as policies meet it.
func WhoOf(a identity.Access) Who {
	who := Who{Principal: a.Principal, Groups: a.Groups}
	for _, r := range a.Roles {
		who.Roles = append(who.Roles, string(r))
	}
	return who
}

// Reason says in words why something is not allowed.
func (d Decision) Reason() string {
	switch {
	case d.Trouble != nil:
		return "a policy cannot be evaluated"
	case len(d.By) == 0:
		return "no policy permits it"
	}
	ids := make([]string, len(d.By))
	for i, r := range d.By {
		ids[i] = fmt.Sprintf("%q", r.ID)
	}
	return "forbidden by policy " + strings.Join(ids, ", ")
}
