package main

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

// The tables that bench has made, and who asks for them.
const (
	teams      = 100
	teamTables = 100
	teamViews  = 20
	people     = 60
)

func team(i int) string { return fmt.Sprintf("team_%03d", i%teams) }

// teamTable is a table of a team.
func teamTable(of, i int) ident.Table {
	of %= teams
	return ident.Table{Namespace: team(of), Name: fmt.Sprintf("table_%05d", of*teamTables+i%teamTables)}
}

// housePolicies are 1,000: each team's own namespace, a role that reads it,
// personal data by tags, services that load, names, and single tables that were
// granted to somebody.
func housePolicies() string {
	var b strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for i := range teams {
		add(`permit(principal in Group::"%s", action, resource in Namespace::"%[1]s");`, team(i))
		add(`permit(principal in Role::"reads_%s", action == Action::"select", resource in Namespace::"%[1]s");`, team(i))
		add(`permit(principal == Service::"loads_%s", action in [Action::"insert", Action::"create", Action::"maintain"], resource in Namespace::"%[1]s");`, team(i))
	}
	for i := range 20 {
		add(`forbid(principal, action, resource) when { resource.tags.contains("pii_%d") } unless { principal in Group::"privacy_%[1]d" };`, i)
		add(`permit(principal in Role::"auditor_%d", action == Action::"select", resource is Table) when { resource.name like "*%[1]d" && !resource.tags.contains("closed") };`, i)
	}
	add(`permit(principal, action == Action::"select", resource in Namespace::"main");`)
	for i := range 1000 - 3*teams - 2*20 - 1 {
		t := teamTable(i, i/teams*7)
		add(`permit(principal == User::"%s", action in [Action::"select", Action::"insert"], resource == Table::"%s");`, person(i*11), t.Key())
	}
	return b.String()
}

func person(i int) string { return fmt.Sprintf("person_%02d", i%people) }

// asker is a person of a team, who reads the tables of five others.
func asker(i int) policy.Who {
	who := policy.Who{Principal: identity.Principal{Kind: identity.User, Name: person(i)}, Groups: []string{team(i), fmt.Sprintf("privacy_%d", i%20)}}
	for n := range 5 {
		who.Roles = append(who.Roles, "reads_"+team(i+n+1))
	}
	return who
}

// openTable is a table of a team that nothing forbids.
func openTable(of, i int) ident.Table {
	t := teamTable(of, i)
	for len(tagsOf(t)) > 0 {
		i++
		t = teamTable(of, i)
	}
	return t
}

// tagsOf are those of one table in seven.
func tagsOf(t ident.Table) []string {
	var n int
	if _, err := fmt.Sscanf(t.Name, "table_%05d", &n); err != nil || n%7 > 0 {
		return nil
	}
	return []string{"gold", fmt.Sprintf("pii_%d", n/7%20)}
}
