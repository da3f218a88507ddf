package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/policy"
)

// policy is `tarn policy` and its commands.
func (c *command) policy() *cobra.Command {
	cmd := &cobra.Command{
		Use: "policy", Short: "Ask the project's policies who may do what", Args: cobra.NoArgs,
		Long: "Policies are the files policies/*.cedar of the project. They bind everybody who\n" +
			"asks tarn serve for something, by any protocol; for whoever runs commands here they are advice.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.policyCheck(), c.policyExplain(),
		c.permitted("who-can-see TABLE", "List everybody who may do something with a table", "principal",
			func(p *app.Policies, table string) ([]app.Permitted, error) { return p.WhoCanSee(table) },
			func(one app.Permitted) string { return one.Principal.String() }),
		c.permitted("what-can PRINCIPAL", "List the tables that somebody may do something with", "table",
			func(p *app.Policies, name string) ([]app.Permitted, error) { return p.WhatCan(name) },
			func(one app.Permitted) string { return one.Table.String() }))
	return cmd
}

// listedRule is a policy in JSON.
type listedRule struct {
	ID          string `json:"id"`
	Effect      string `json:"effect"`
	Place       string `json:"place,omitempty"`
	Description string `json:"description,omitempty"`
	Text        string `json:"text"`
}

func listedRules(rules []*policy.Rule) []listedRule {
	list := []listedRule{}
	for _, r := range rules {
		one := listedRule{r.ID, "permit", r.Place.String(), r.Description, r.Text}
		if r.Forbids {
			one.Effect = "forbid"
		}
		list = append(list, one)
	}
	return list
}

// rules lays policies out.
func (c *command) rules(list []listedRule) *grid {
	g := newGrid(c.outStyle())
	for _, name := range []string{"policy", "effect", "place", "description"} {
		g.column(name, false)
	}
	for _, r := range list {
		place := r.Place
		if place == "" {
			place = "built in"
		}
		g.row(r.ID, r.Effect, place, r.Description)
	}
	return g
}

func (c *command) policyCheck() *cobra.Command {
	return c.look("check", "Compile the policies, and list them", cobra.NoArgs, func(cmd *cobra.Command, a *app.App, _ []string) (any, *grid, error) {
		p, err := a.Policies(cmd.Context())
		if err != nil {
			return nil, nil, err
		}
		list := listedRules(p.Rules())
		return list, c.rules(list), nil
	})
}

// explained is an answer in JSON.
type explained struct {
	Principal string       `json:"principal"`
	Action    string       `json:"action"`
	Table     string       `json:"table"`
	Allowed   bool         `json:"allowed"`
	Hidden    bool         `json:"hidden,omitempty"`
	Trouble   string       `json:"trouble,omitempty"`
	Policies  []listedRule `json:"policies"`
}

func (c *command) policyExplain() *cobra.Command {
	return c.look("explain PRINCIPAL ACTION TABLE|NAMESPACE", "Say whether somebody may do something to a table or a namespace, and by which policy", cobra.ExactArgs(3),
		func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error) {
			p, err := a.Policies(cmd.Context())
			if err != nil {
				return nil, nil, err
			}
			d, err := p.Explain(args[0], args[1], args[2])
			if err != nil {
				return nil, nil, err
			}
			e := explained{args[0], args[1], args[2], d.Allowed, p.Hides(args[2], args[0]), "", listedRules(d.By)}
			if d.Trouble != nil {
				e.Trouble = d.Trouble.Error()
			}
			if cmd.Flag("output").Value.String() == "table" {
				fmt.Fprintln(c.program.Out, c.answer(e))
			}
			if len(e.Policies) == 0 {
				return e, nil, nil
			}
			return e, c.rules(e.Policies), nil
		})
}

// answer says in a sentence what was decided.
func (c *command) answer(e explained) string {
	s := c.outStyle()
	if e.Allowed {
		return s.good(fmt.Sprintf("%s may %s %s", e.Principal, e.Action, e.Table)) + ", as these policies permit it:\n"
	}
	not := s.bad(fmt.Sprintf("%s may not %s %s", e.Principal, e.Action, e.Table))
	hidden := ""
	if e.Hidden {
		hidden = "; nor anything else, so that it is told that there is no such table"
	}
	switch {
	case e.Trouble != "":
		return not + ": " + e.Trouble
	case len(e.Policies) == 0:
		return not + ": no policy permits it" + hidden
	default:
		return not + ", as these policies forbid it" + hidden + ":\n"
	}
}

// listedPermitted is what somebody may do in JSON.
type listedPermitted struct {
	Principal string          `json:"principal"`
	Table     string          `json:"table"`
	Actions   []policy.Action `json:"actions"`
}

// permitted is a command that lists what is permitted, with a column of that
// name.
func (c *command) permitted(use, short, column string, find func(*app.Policies, string) ([]app.Permitted, error), cell func(app.Permitted) string) *cobra.Command {
	return c.look(use, short, cobra.ExactArgs(1), func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error) {
		p, err := a.Policies(cmd.Context())
		if err != nil {
			return nil, nil, err
		}
		found, err := find(p, args[0])
		list := []listedPermitted{}
		g := newGrid(c.outStyle())
		g.column(column, false)
		g.column("may", false)
		for _, one := range found {
			list = append(list, listedPermitted{one.Principal.String(), one.Table.String(), one.Actions})
			may := joined(one.Actions)
			if len(one.Actions) == len(policy.Actions) {
				may = "everything"
			}
			g.row(cell(one), may)
		}
		return list, g, err
	})
}
