package gate

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/policy"
)

// State is what a statement's names and types go by beside its text: who asks,
// the policies and the catalog of a moment.
type State struct {
	catalog  any
	policies *policy.Set
	who      policy.Who
}

// State is that of this moment, for who asks over a scope.
func (g *Gate) State(scope Scope, who policy.Who) State {
	s := State{policies: g.policies().Set, who: who}
	if known, is := scope.(interface{ State() any }); is {
		s.catalog = known.State()
	}
	return s
}

// Same reports whether two states are the same for certain.
func (s State) Same(other State) bool {
	return s.catalog != nil && s.catalog == other.catalog && s.policies == other.policies &&
		s.who.Principal == other.who.Principal && slices.Equal(s.who.Groups, other.who.Groups) && slices.Equal(s.who.Roles, other.who.Roles)
}
