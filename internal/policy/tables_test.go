package policy_test

import (
	"slices"
	"testing"

	"github.com/tarn-lake/tarn/internal/ident"
	. "github.com/tarn-lake/tarn/internal/policy"
)

const shared = `
permit(principal, action == Action::"select", resource) when { resource.tags.contains("public") };
permit(principal, action in [Action::"select", Action::"insert"], resource) when { resource.tags.contains("ours") };
forbid(principal, action, resource) when { resource.tags.contains("pii") };
`

// Where the project says something else of a table than when it was published, one
// may do what both allow.
func TestWhatAProjectSaysAndSaidMustBothAllow(t *testing.T) {
	set, ann, sales := compile(t, shared), user("ann"), ident.Table{Namespace: "shop", Name: "sales"}
	for _, c := range []struct {
		now, then []string
		unknown   bool // with what it was published
		may       []Action
	}{
		{now: []string{"public"}, then: []string{"public"}, may: []Action{Select}},
		{now: []string{"public"}, unknown: true, may: []Action{Select}},
		{now: []string{"public"}, then: nil},
		{now: nil, then: []string{"public"}},
		{now: []string{"pii", "public"}, then: []string{"public"}},
		{now: []string{"public"}, then: []string{"pii", "public"}},
		{now: []string{"ours"}, then: []string{"ours", "other"}, may: []Action{Select, Insert}},
		{now: []string{"ours"}, then: []string{"public"}, may: []Action{Select}},
	} {
		p := Tables{Set: set, Tags: func(ident.Table) []string { return c.now },
			Published: func(ident.Table) ([]string, bool) { return c.then, !c.unknown }}
		for _, do := range Actions {
			if got := p.Decide(ann, do, sales).Allowed; got != slices.Contains(c.may, do) {
				t.Errorf("%v, published with %v: %s is %v", c.now, c.then, do, got)
			}
		}
		if got := p.Permitted(ann, Actions...)(sales); !slices.Equal(got, c.may) {
			t.Errorf("%v, published with %v: %v are permitted, not %v", c.now, c.then, got, c.may)
		}
		if got := p.Sees(ann, sales); got != (len(c.may) > 0) {
			t.Errorf("%v, published with %v: sees is %v", c.now, c.then, got)
		}
	}
}

const walls = `
@id("reads") permit(principal, action == Action::"select", resource in Namespace::"shop");
@id("pii") forbid(principal, action, resource) when { resource.tags.contains("pii") };
@id("vault") forbid(principal, action, resource in Namespace::"vault");
@id("plans") forbid(principal, action, resource == Table::"shop.plans");
@id("quiet") forbid(principal, action == Action::"create", resource in Namespace::"shop");
@id("maker") permit(principal == User::"mia", action == Action::"create", resource in Namespace::"raw");
`

// Who may not make a table somewhere is not told by which policy a name that is
// taken is protected.
func TestWhatIsToldOfANameDoesNotDependOnWhatIsThere(t *testing.T) {
	tagged := func(name ident.Table) []string {
		if name.Name == "people" {
			return []string{"pii"}
		}
		return nil
	}
	p := Tables{Set: compile(t, walls), Tags: tagged}
	for _, c := range []struct{ who, namespace, name, told string }{
		{"ann", "shop", "free", `forbidden by policy "quiet"`},
		{"ann", "shop", "people", `forbidden by policy "quiet"`},
		{"ann", "shop", "plans", `forbidden by policy "quiet"`},
		{"ann", "raw", "people", "no policy permits it"},
		{"ann", "vault", "free", "no policy permits it"},
		{"ann", "vault", "", "no policy permits it"},
		{"ann", "vault.deep", "", "no policy permits it"},
		{"ann", "free", "", "no policy permits it"},
		{"mia", "raw", "people", `forbidden by policy "pii"`}, // who may create there finds out
	} {
		name := ident.Table{Namespace: c.namespace, Name: c.name}
		d := p.Decide(user(c.who), Create, name)
		if got := p.Told(user(c.who), Create, name, d).Reason(); d.Allowed || got != c.told {
			t.Errorf("%s is told of %s: %v, %s; want %s", c.who, name, d.Allowed, got, c.told)
		}
	}
}
