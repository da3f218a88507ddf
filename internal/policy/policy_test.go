package policy_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	. "github.com/tarn-lake/tarn/internal/policy"
)

const house = `
@id("analysts read sales")
permit(principal in Role::"analyst", action == Action::"select", resource in Namespace::"sales");

@id("no pii") @description("Personal data is for the office of privacy.")
forbid(principal, action, resource)
  when { resource.tags.contains("pii") }
  unless { principal in Group::"privacy" };

@id("loader")
permit(principal == Service::"loader", action in [Action::"insert", Action::"create"], resource in Namespace::"sales.raw");

@id("ann's own")
permit(principal == User::"ann", action, resource == Table::"sales.drafts");
`

func compile(t testing.TB, text string) *Set {
	t.Helper()
	s, err := Compile([]File{{Name: "policies/house.cedar", Text: []byte(text)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func table(name string, tags ...string) Resource {
	t, err := ident.ParseTable(name)
	if err != nil {
		panic(err)
	}
	return Resource{Table: t, Tags: tags}
}

func namespace(name string) Resource { return Resource{Table: ident.Table{Namespace: name}} }

func user(name string, roles ...string) Who {
	return Who{Principal: identity.Principal{Kind: identity.User, Name: name}, Roles: roles}
}

func service(name string) Who {
	return Who{Principal: identity.Principal{Kind: identity.Service, Name: name}}
}

func inGroup(w Who, groups ...string) Who {
	w.Groups = groups
	return w
}

func TestPoliciesDecide(t *testing.T) {
	s := compile(t, house)
	for _, test := range []struct {
		who    Who
		action Action
		on     Resource
		want   bool
		by     string
	}{
		{user("bob", "analyst"), Select, table("sales.orders"), true, "analysts read sales"},
		{user("bob", "analyst"), Select, table("SALES.Orders"), true, "analysts read sales"},
		{user("bob", "analyst"), Select, table("sales.raw.orders"), true, "analysts read sales"},
		{user("bob", "analyst"), Select, table("salesroom.orders"), false, ""},
		{user("bob", "analyst"), Insert, table("sales.orders"), false, ""},
		{user("bob", "analyst"), Select, table("sales.people", "pii"), false, "no pii"},
		{inGroup(user("bob", "analyst"), "privacy"), Select, table("sales.people", "pii"), true, "analysts read sales"},
		{user("bob"), Select, table("sales.orders"), false, ""},
		{service("analyst"), Select, table("sales.orders"), false, ""},
		{service("loader"), Insert, table("sales.raw.orders"), true, "loader"},
		{service("loader"), Create, namespace("sales.raw"), true, "loader"},
		{service("loader"), Create, namespace("sales.raw.eu"), true, "loader"},
		{service("loader"), Create, namespace("sales"), false, ""},
		{service("loader"), Select, table("sales.raw.orders"), false, ""},
		{user("loader"), Insert, table("sales.raw.orders"), false, ""},
		{user("ann"), Drop, table("sales.drafts"), true, "ann's own"},
		{user("ann"), Select, table("sales.drafts2"), false, ""},
		{user("rea", "reader"), Select, table("other.x"), true, "reader"},
		{user("rea", "reader"), Delete, table("other.x"), false, ""},
		{user("rea", "reader"), Select, table("other.x", "pii"), false, "no pii"},
		{user("eve", "owner"), Alter, table("other.x"), true, "owner"},
		{user("eve", "owner"), Select, table("other.x", "pii"), false, "no pii"},
		{Who{Principal: identity.Principal{Kind: identity.Local, Name: "root"}}, Select, table("other.x", "pii"), true, "owner"},
		{Who{}, Select, table("sales.orders"), false, ""},
		{Who{Roles: []string{"owner"}}, Select, table("sales.orders"), false, ""},
		{user("eve", "owner"), Select, namespace("sales"), false, ""},
		{user("eve", "owner"), "truncate", table("sales.orders"), false, ""},
	} {
		d := s.Decide(test.who, test.action, test.on)
		var by []string
		for _, r := range d.By {
			by = append(by, r.ID)
		}
		if got := strings.Join(by, ", "); d.Allowed != test.want || got != test.by || d.Trouble != nil {
			t.Errorf("%v %s %v: %v by %q (%v), want %v by %q", test.who, test.action, test.on, d.Allowed, got, d.Trouble, test.want, test.by)
		}
	}
}

func TestWithoutPoliciesOnlyOwnersAndReadersMay(t *testing.T) {
	s, err := Compile(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Sees(user("ann", "analyst"), table("a.b")) || !s.Sees(user("ann", "owner"), table("a.b")) {
		t.Error("without policies owners see everything and others nothing")
	}
}

// TestWhatCannotBeEvaluatedAllowsNothing: Cedar leaves out a policy that cannot
// be evaluated, also one that forbids.
func TestWhatCannotBeEvaluatedAllowsNothing(t *testing.T) {
	s := compile(t, `permit(principal, action == Action::"select", resource);
		@id("sum") forbid(principal, action == Action::"select", resource) when { 9223372036854775807 + 1 == 0 };`)
	d := s.Decide(user("ann"), Select, table("a.b"))
	if d.Allowed || d.Trouble == nil || !strings.Contains(d.Trouble.Error(), `"sum"`) {
		t.Errorf("decided %+v", d)
	}
	if s.Sees(user("ann"), table("a.b")) {
		t.Error("the table is seen")
	}
}

func TestADecisionTellsThePlacesOfItsPolicies(t *testing.T) {
	d := compile(t, house).Decide(user("bob", "analyst"), Select, table("sales.people", "pii"))
	if len(d.By) != 1 {
		t.Fatalf("decided %+v", d)
	}
	want := &Rule{
		ID: "no pii", Place: diag.Place{File: "policies/house.cedar", Line: 5, Column: 1}, Forbids: true,
		Description: "Personal data is for the office of privacy.", Text: d.By[0].Text,
	}
	if diff := cmp.Diff(want, d.By[0]); diff != "" || !strings.Contains(d.By[0].Text, `resource.tags.contains("pii")`) {
		t.Errorf("%s\n%s", diff, d.By[0].Text)
	}
}

func TestWhatIsWrongWithPoliciesIsToldWithPlaces(t *testing.T) {
	known := &Known{
		Users: []string{"ann"}, Services: []string{"loader"}, Groups: []string{"privacy"},
		Tables: []ident.Table{{Namespace: "Sales.Raw", Name: "Orders"}}, Namespaces: []string{"empty"},
	}
	for _, test := range []struct{ text, want string }{
		{"\npermit(principal\n action, resource);", `p.cedar:3:8: invalid-policy: this is no Cedar policy: "action" where "," is wanted`},
		{`permit(principal == User::"anne", action, resource);`, `p.cedar:1:21: unknown-name: there is no user anne` + "\n  hint: did you mean ann?"},
		{"permit(principal,\n  action, resource) when { principal in Group::\"private\" };", `p.cedar:2:41: unknown-name: there is no group private`},
		{`permit(principal, action == Action::"selct", resource);`, `p.cedar:1:29: unknown-name: there is no action selct` + "\n  hint: did you mean select?"},
		{`permit(principal, action, resource in Namespace::"sale");`, `there is no namespace sale` + "\n  hint: did you mean sales?"},
		{`permit(principal, action, resource == Table::"sales.raw.order");`, `there is no table sales.raw.order` + "\n  hint: did you mean sales.raw.orders?"},
		{`permit(principal, action, resource == Table::"Sales.Raw.Orders");`, `hint: write Table::"sales.raw.orders"`},
		{`permit(principal in Rolle::"analyst", action, resource);`, `there is nothing of the type Rolle` + "\n  hint: did you mean Role?"},
		{`permit(principal, action == Action::"select", resource) when { resource.tag == "x" };`, "attribute `tag` on entity type `Table` not found"},
		{`permit(principal, action == Action::"maintain", resource in Namespace::"sales") when { resource.tags.contains(1) };`, "p.cedar:1:1: invalid-policy"},
		{`permit(principal == Role::"analyst", action, resource);`, "unable to find an applicable action"},
		{`@id("a") permit(principal, action, resource);` + "\n" + `@id("a") permit(principal, action, resource);`, `p.cedar:2:1: duplicate-policy: there is a policy "a" already at p.cedar:1:1`},
		{`@id("owner") permit(principal, action, resource);`, `there is a policy "owner" already, which is Tarn's own`},
		{`@mask("hash") permit(principal, action, resource);`, `there is no annotation @mask`},
		{`permit(principal, action, resource) when { [User::"ann", User::"bo"].contains(principal) };`, `there is no user bo`},
	} {
		_, err := Compile([]File{{Name: "p.cedar", Text: []byte(test.text)}}, known)
		var all *diag.ProblemsError
		if !errors.As(err, &all) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\n  got  %v\n  want %s", test.text, err, test.want)
		}
	}
	valid := house + `permit(principal, action, resource in Namespace::"empty"); permit(principal == User::"ann", action, resource == Table::"sales.raw.orders");`
	known.Tables = append(known.Tables, ident.Table{Namespace: "sales", Name: "drafts"})
	if _, err := Compile([]File{{Name: "p.cedar", Text: []byte(valid)}}, known); err != nil {
		t.Errorf("what is there is refused: %v", err)
	}
}

// TestOnlyPoliciesThatMayMatterAreAskedAndTheAnswerIsTheSame compares with Cedar
// asking all policies about the same entities.
func TestOnlyPoliciesThatMayMatterAreAskedAndTheAnswerIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.Custom(drawPolicy), 1, 30).Draw(t, "policies"), "\n")
		s, err := Compile([]File{{Name: "p.cedar", Text: []byte(text)}}, nil)
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		list, err := cedar.NewPolicyListFromBytes("p.cedar", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		all := cedar.NewPolicySet()
		for i, p := range list {
			all.Add(cedar.PolicyID(fmt.Sprint(i)), p)
		}
		who := inGroup(user(rapid.SampledFrom(names).Draw(t, "who"), rapid.SampledFrom(names).Draw(t, "role")), rapid.SampledFrom(names).Draw(t, "group"))
		tags := rapid.SliceOfN(rapid.SampledFrom(names), 0, 2).Draw(t, "tags")
		above, below := rapid.SampledFrom(names).Draw(t, "namespace"), rapid.SampledFrom(names).Draw(t, "below")
		on := Resource{Table: ident.Table{Namespace: above + "." + below, Name: rapid.SampledFrom(names).Draw(t, "table")}, Tags: tags}
		action := rapid.SampledFrom(Actions).Draw(t, "action")
		want, _ := cedar.Authorize(all, entitiesOf(who, on), cedar.Request{
			Principal: uid("User", who.Principal.Name), Action: uid("Action", string(action)), Resource: uid("Table", on.Table.Key()),
		})
		if got := s.Decide(who, action, on); got.Allowed != bool(want) || got.Trouble != nil {
			t.Errorf("%v %s %v by\n%s\nis %+v, Cedar says %v", who, action, on, text, got, want)
		}
		seen := slices.ContainsFunc(Actions, func(a Action) bool { return s.Decide(who, a, on).Allowed })
		v := s.Viewer(who)
		for range 2 { // the second answer is one that it remembers
			if v.Sees(on) != seen {
				t.Errorf("%v sees %v by\n%s\nis not %v", who, on, text, seen)
			}
		}
	})
}

var names = []string{"a", "b"}

func drawPolicy(t *rapid.T) string {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "part") }
	name := func() string { return rapid.SampledFrom(names).Draw(t, "name") }
	return fmt.Sprintf(`%s(principal%s, action%s, resource%s)%s;`, pick("permit", "permit", "forbid"),
		pick("", fmt.Sprintf(` == User::"%s"`, name()), fmt.Sprintf(` in Group::"%s"`, name()), fmt.Sprintf(` in Role::"%s"`, name()), ` is User`),
		pick("", ` == Action::"select"`, ` in [Action::"insert", Action::"drop"]`),
		pick("", ` is Table`, fmt.Sprintf(` in Namespace::"%s"`, name()), fmt.Sprintf(` in Namespace::"%s.%s"`, name(), name()),
			fmt.Sprintf(` is Table in Namespace::"%s"`, name()), fmt.Sprintf(` == Table::"%s.%s.%s"`, name(), name(), name())),
		pick("", fmt.Sprintf(` when { resource.tags.contains("%s") }`, name()), fmt.Sprintf(` unless { resource.name == "%s" }`, name()),
			fmt.Sprintf(` when { resource in Namespace::"%s" }`, name())))
}

func uid(kind cedar.EntityType, id string) cedar.EntityUID {
	return cedar.NewEntityUID(kind, cedar.String(id))
}

// entitiesOf writes out what Decide gives to Cedar bit by bit.
func entitiesOf(who Who, on Resource) cedar.EntityMap {
	m := cedar.EntityMap{}
	add := func(e cedar.EntityUID, attributes cedar.RecordMap, parents ...cedar.EntityUID) {
		m[e] = cedar.Entity{UID: e, Parents: cedar.NewEntityUIDSet(parents...), Attributes: cedar.NewRecord(attributes)}
	}
	add(uid("User", who.Principal.Name), nil, uid("Group", who.Groups[0]), uid("Role", who.Roles[0]))
	above, _, _ := strings.Cut(on.Table.Namespace, ".")
	var tags []cedar.Value
	for _, tag := range slices.Compact(slices.Sorted(slices.Values(on.Tags))) {
		tags = append(tags, cedar.String(tag))
	}
	add(uid("Namespace", above), cedar.RecordMap{"name": cedar.String(above), "tags": cedar.NewSet()})
	add(uid("Namespace", on.Table.Namespace), cedar.RecordMap{"name": cedar.String(on.Table.Namespace), "tags": cedar.NewSet()}, uid("Namespace", above))
	add(uid("Table", on.Table.Key()), cedar.RecordMap{
		"name": cedar.String(on.Table.Name), "namespace": cedar.String(on.Table.Namespace), "tags": cedar.NewSet(tags...),
	}, uid("Namespace", on.Table.Namespace))
	return m
}

// BenchmarkDecide asks among 1,000 policies about one of 10,000 tables.
func BenchmarkDecide(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "permit(principal in Role::\"r%d\", action == Action::\"select\", resource in Namespace::\"n%d\") unless { resource.tags.contains(\"pii\") };\n", i%50, i)
	}
	s := compile(b, text.String())
	who, i := user("ann", "r7"), 0
	for b.Loop() {
		i++
		s.Decide(who, Select, table(fmt.Sprintf("n%d.t%d", i%1000, i%10)))
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(house)
	f.Add("permit(principal in Rol::\"x\", action, resource);")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Compile([]File{{Name: "p.cedar", Text: []byte(text)}}, &Known{})
		if (s == nil) == (err == nil) {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	})
}
