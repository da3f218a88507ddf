package policy

import (
	"slices"

	"github.com/cedar-policy/cedar-go/types"
)

// Viewer is somebody who looks at many resources, which costs less than to ask
// about each by itself. It is safe for concurrent use.
type Viewer struct {
	set       *Set
	sees      bool // everything
	principal types.Entity
	// anywhere are the policies whose scope names no resource and has room for the
	// principal.
	anywhere []*compiled
}

// Viewer returns somebody's.
func (s *Set) Viewer(who Who) *Viewer {
	v := &Viewer{set: s, sees: who.IsLocal()}
	if who.Principal.IsZero() || v.sees {
		return v
	}
	principal, err := who.entity()
	if err != nil { // somebody who is nobody's principal sees nothing
		return v
	}
	v.principal = principal
	for _, c := range s.anywhere {
		if c.of(principal) {
			v.anywhere = append(v.anywhere, c)
		}
	}
	return v
}

// Sees reports whether there is anything that the viewer may do with a resource.
// For those who may not do anything, it is not there.
func (v *Viewer) Sees(on Resource) bool {
	if v.sees || v.principal.UID.IsZero() {
		return v.sees
	}
	q := v.set.question(v.principal, on, v.anywhere)
	return slices.ContainsFunc(on.actions(), func(a Action) bool { return q.mayPermit(a) && q.decide(a).Allowed })
}

// Permitted are those of some actions that the viewer may do to a resource.
func (v *Viewer) Permitted(on Resource, actions []Action) (permitted []Action) {
	switch {
	case v.sees:
		return actions
	case v.principal.UID.IsZero():
		return nil
	}
	q := v.set.question(v.principal, on, v.anywhere)
	for _, a := range actions {
		if slices.Contains(on.actions(), a) && q.mayPermit(a) && q.decide(a).Allowed {
			permitted = append(permitted, a)
		}
	}
	return permitted
}

// mayPermit reports whether any policy could permit something: of most tables
// none could.
func (q *question) mayPermit(action Action) bool {
	q.action = entity(actionType, string(action))
	for _, list := range q.lists {
		if slices.ContainsFunc(list, func(c *compiled) bool { return !c.rule.Forbids && c.concerns(q) }) {
			return true
		}
	}
	return false
}

// Sees reports whether there is anything that somebody may do with a resource.
func (s *Set) Sees(who Who, on Resource) bool { return s.Viewer(who).Sees(on) }
