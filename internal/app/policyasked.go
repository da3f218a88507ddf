package app

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

// Explain answers whether somebody may do something to a table or a namespace, by
// their names.
func (p *Policies) Explain(name, action, table string) (d policy.Decision, err error) {
	who, err := p.named(name)
	if err != nil {
		return d, err
	}
	do := policy.Action(action)
	if !slices.Contains(policy.Actions, do) {
		words := make([]string, len(policy.Actions))
		for i, a := range policy.Actions {
			words[i] = string(a)
		}
		return d, diag.New("unknown-action", diag.Place{}, "there is no action %s", action).WithHint("there are %s", strings.Join(words, ", "))
	}
	t, err := p.target(do, table)
	if err != nil {
		return d, err
	}
	return p.Decide(who, do, t), nil
}

// Hides reports whether a table is not there for somebody, by their names: there
// is nothing that they may do with it.
func (p *Policies) Hides(table, name string) bool {
	who, err := p.named(name)
	if err != nil {
		return false
	}
	t, err := p.table(table)
	return err == nil && !p.Sees(who, t)
}

// target is what something is done to: a table, a namespace where namespaces have
// the action, or what is still to be made.
func (p *Policies) target(do policy.Action, name string) (ident.Table, error) {
	if slices.Contains([]policy.Action{policy.Create, policy.Alter, policy.Drop}, do) {
		for _, n := range p.namespaces {
			if ident.Fold(n) == ident.Fold(name) {
				return ident.Table{Namespace: n}, nil
			}
		}
	}
	if do == policy.Create {
		return ident.ParseTable(name)
	}
	return p.table(name)
}

// who is a principal as policies meet it: with the roles of its groups.
func (p *Policies) who(e identity.Entry) policy.Who {
	who := policy.Who{Principal: identity.Principal{Kind: e.Kind, Name: e.Name}, Groups: e.Groups}
	for _, other := range p.principals {
		if other.Name == e.Name || other.Kind == identity.Group && slices.Contains(e.Groups, other.Name) {
			for _, r := range other.Roles {
				who.Roles = append(who.Roles, string(r))
			}
		}
	}
	return who
}

func (p *Policies) named(name string) (policy.Who, error) {
	var names []string
	for _, e := range p.principals {
		if e.Kind == identity.Group && e.Name == ident.Fold(name) {
			return policy.Who{}, diag.New("unknown-principal", diag.Place{}, "%s is a group, and groups ask for nothing themselves", e.Name).
				WithHint("ask for one of its members: tarn group list shows them")
		}
		if e.Kind == identity.Group {
			continue
		}
		if e.Name == ident.Fold(name) {
			return p.who(e), nil
		}
		names = append(names, e.Name)
	}
	unknown := unknownOf("principal", "user or service principal", name, names)
	if unknown.Hint == "" {
		unknown.WithHint("tarn user list shows who is known")
	}
	return policy.Who{}, unknown
}

func (p *Policies) table(name string) (ident.Table, error) {
	t, err := ident.ParseTable(name)
	if err != nil {
		return t, err
	}
	var names []string
	for _, known := range p.tables {
		if known.Key() == t.Key() {
			return known, nil
		}
		names = append(names, known.Key())
	}
	return t, unknownOf("table", "table", t.Key(), names)
}

func unknownOf(code, what, name string, known []string) *diag.Problem {
	p := diag.New("unknown-"+code, diag.Place{}, "there is no %s %s", what, name)
	if near := ident.Near(name, known); len(near) > 0 {
		p.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return p
}
