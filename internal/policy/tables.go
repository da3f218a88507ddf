package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
)

// Tables are policies that are asked by the names of tables. A name without the
// part behind the last dot is a namespace.
//
// What a project says of a table and what it said when the table was published may
// differ. Then who asks may do what both allow: what narrows counts at once, what
// widens does when both say it.
type Tables struct {
	Set *Set
	// Tags are those that the project gives a table; nil gives none.
	Tags func(ident.Table) []string
	// Published are those with which it was published; known is false where nobody
	// knows, nil is that of none.
	Published func(ident.Table) (tags []string, known bool)
}

// Default are the policies of a project that has none of its own: owners do
// everything, and readers read.
func Default() (Tables, error) {
	set, err := Compile(nil, nil)
	return Tables{Set: set}, err
}

// resource is what a name stands for by what the project says, and by what it was
// published with, where that differs.
func (t Tables) resource(name ident.Table) (now, then Resource, differs bool) {
	now, then = Resource{Table: name}, Resource{Table: name}
	if t.Tags != nil {
		now.Tags = t.Tags(name)
	}
	if t.Published != nil {
		then.Tags, differs = t.Published(name)
	}
	return now, then, differs && !slices.Equal(now.Tags, then.Tags)
}

// Decide answers whether somebody may do something to a table or namespace.
func (t Tables) Decide(who Who, do Action, name ident.Table) Decision {
	now, then, differs := t.resource(name)
	d := t.Set.Decide(who, do, now)
	if d.Allowed && differs {
		return t.Set.Decide(who, do, then)
	}
	return d
}

// nobodys is the name of no table and no namespace.
const nobodys = "\x00"

// Told is what somebody may be told of a decision. Policies that are about what is
// hidden by name or tag would tell, where something was to be made, that it is
// there. So that is answered as for any other name beside it, and as for any other
// namespace where one may do nothing in this one. Who may create there finds out
// which names are taken.
func (t Tables) Told(who Who, do Action, name ident.Table, d Decision) Decision {
	if d.Allowed || do != Create {
		return d
	}
	told := d
	for _, like := range t.likes(who, name) {
		if told = t.Set.Decide(who, do, Resource{Table: like}); told.Allowed {
			return d
		}
	}
	return told
}

// likes are a name without its tags, and others of which nobody knows anything;
// the last is as near to it as somebody may know of.
func (t Tables) likes(who Who, name ident.Table) []ident.Table {
	inside := func(namespace string) ident.Table {
		if name.Name != "" {
			return ident.Table{Namespace: namespace, Name: nobodys}
		}
		return ident.Table{Namespace: strings.TrimPrefix(namespace+"."+nobodys, ".")}
	}
	around := name.Namespace
	if name.Name == "" {
		around, _ = cutLast(around)
	}
	likes := []ident.Table{name, inside(around)}
	here := Resource{Table: ident.Table{Namespace: around}}
	if around == "" || t.Set.Sees(who, here) || t.Set.Sees(who, Resource{Table: ident.Table{Namespace: around, Name: nobodys}}) {
		return likes
	}
	return append(likes, inside(nobodys))
}

// Sees reports whether there is anything that somebody may do with a table or
// namespace. For those who may not do anything, it is not there.
func (t Tables) Sees(who Who, name ident.Table) bool { return t.Viewer(who)(name) }

// Viewer returns what tells whether there is anything that somebody may do with
// one of many tables and namespaces.
func (t Tables) Viewer(who Who) func(ident.Table) bool {
	v := t.Set.Viewer(who)
	return func(name ident.Table) bool {
		now, then, differs := t.resource(name)
		if differs {
			return len(v.both(now, then, now.actions())) > 0
		}
		return v.Sees(now)
	}
}

// Permitted returns what tells which of some actions somebody may do to one of
// many tables and namespaces.
func (t Tables) Permitted(who Who, actions ...Action) func(ident.Table) []Action {
	v := t.Set.Viewer(who)
	return func(name ident.Table) []Action {
		now, then, differs := t.resource(name)
		if differs {
			return v.both(now, then, actions)
		}
		return v.Permitted(now, actions)
	}
}

// both are those of some actions that the viewer may do to one resource and to
// another.
func (v *Viewer) both(a, b Resource, actions []Action) []Action {
	return v.Permitted(b, v.Permitted(a, actions))
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
