package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/identity"
)

// group is `tarn group` and its commands.
func (c *command) group() *cobra.Command {
	cmd := &cobra.Command{
		Use: "group", Short: "Put users and service principals into groups, which have roles", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.groupAdd(), c.groupList(),
		c.change("remove NAME", "Forget a group; its members stay", cobra.ExactArgs(1),
			func(ctx context.Context, w who, args []string) (string, error) {
				return "group " + args[0] + " is removed", w.known.Remove(ctx, args[0], identity.Group)
			}),
		c.change("add-member GROUP NAME", "Make somebody a member of a group", cobra.ExactArgs(2),
			func(ctx context.Context, w who, args []string) (string, error) {
				return args[1] + " is a member of " + args[0], w.known.Join(ctx, args[0], args[1])
			}),
		c.change("remove-member GROUP NAME", "Take somebody out of a group", cobra.ExactArgs(2),
			func(ctx context.Context, w who, args []string) (string, error) {
				return args[1] + " is no member of " + args[0], w.known.Leave(ctx, args[0], args[1])
			}),
		c.grant(identity.Group), c.withdraw(identity.Group))
	return cmd
}

func (c *command) groupAdd() *cobra.Command {
	var roles []string
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Make a group", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n := identity.New{Kind: identity.Group, Name: args[0]}
			return c.changing(cmd, func(ctx context.Context, w who) (said string, err error) {
				n.By = w.by
				if n.Roles, err = w.roles(roles); err != nil {
					return "", err
				}
				return fmt.Sprintf("there is a group %s", n.Name), w.known.Add(ctx, n)
			})
		},
	}
	cmd.Flags().StringSliceVar(&roles, "role", nil, "a role that its members have: owner, reader, or one that policies name")
	return cmd
}

// grant and withdraw are commands of users and of groups.
func (c *command) grant(kinds ...identity.Kind) *cobra.Command {
	return c.change("grant NAME ROLE", "Give a role: owner, reader, or one that policies name", cobra.ExactArgs(2),
		func(ctx context.Context, w who, args []string) (string, error) {
			roles, err := w.roles(args[1:])
			if err != nil {
				return "", err
			}
			return args[0] + " has the role " + args[1], w.known.Grant(ctx, args[0], roles[0], kinds...)
		})
}

func (c *command) withdraw(kinds ...identity.Kind) *cobra.Command {
	return c.change("withdraw NAME ROLE", "Take a role away", cobra.ExactArgs(2),
		func(ctx context.Context, w who, args []string) (string, error) {
			return args[0] + " has the role " + args[1] + " no more", w.known.Withdraw(ctx, args[0], identity.Role(args[1]), kinds...)
		})
}

func (c *command) groupList() *cobra.Command {
	return c.look("list", "List groups, with their members", cobra.NoArgs, func(cmd *cobra.Command, a *app.App, _ []string) (any, *grid, error) {
		known, err := a.Directory(cmd.Context())
		if err != nil {
			return nil, nil, err
		}
		entries, err := known.List(cmd.Context(), identity.Group)
		list := []listedGroup{}
		g := newGrid(c.outStyle())
		for _, name := range []string{"name", "roles", "members", "created"} {
			g.column(name, false)
		}
		for _, e := range entries {
			one := groupOf(e)
			list = append(list, one)
			g.row(one.Name, joined(one.Roles), joined(one.Members), moment(one.CreatedAt))
		}
		return list, g, err
	})
}

// joined is a list as people read it.
func joined[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, one := range list {
		words[i] = string(one)
	}
	return strings.Join(words, ", ")
}
