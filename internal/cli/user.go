package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/identity"
)

// user is `tarn user` and its commands.
func (c *command) user() *cobra.Command {
	cmd := &cobra.Command{
		Use: "user", Short: "Say who is known to the project: people, and programs with tokens", Args: cobra.NoArgs,
		Long: "Users and service principals are who may connect to tarn serve. A user is a person, with a\n" +
			"password and tokens; a service principal is a program, with tokens alone. What they may do\n" +
			"comes from roles, their own and those of their groups: owner (everything), reader (read every\n" +
			"table) and those that policies name; and from policies about them or their groups (tarn policy\n" +
			"what-can). Whoever has none of it is known, and may do nothing.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.userAdd(), c.userList(), c.userShow(), c.userPassword(),
		c.change("disable NAME", "Keep somebody out, with every token, from the next request on", cobra.ExactArgs(1),
			func(ctx context.Context, w who, args []string) (string, error) {
				return args[0] + " is disabled", w.known.Disable(ctx, args[0])
			}),
		c.change("enable NAME", "Let somebody in again who was disabled", cobra.ExactArgs(1),
			func(ctx context.Context, w who, args []string) (string, error) {
				return args[0] + " is enabled", w.known.Enable(ctx, args[0])
			}),
		c.change("remove NAME", "Forget somebody, with every token, from the next request on", cobra.ExactArgs(1),
			func(ctx context.Context, w who, args []string) (string, error) {
				return args[0] + " is removed", w.known.Remove(ctx, args[0], identity.User, identity.Service)
			}),
		c.grant(identity.User, identity.Service), c.withdraw(identity.User, identity.Service))
	return cmd
}

// who is known, and who changes it.
type who struct {
	known *identity.Directory
	by    identity.Principal
	app   *app.App
}

// roles finds out which ones people wrote.
func (w who) roles(words []string) ([]identity.Role, error) {
	if len(words) == 0 {
		return nil, nil
	}
	named, err := w.app.Roles()
	if err != nil {
		return nil, err
	}
	return identity.ParseRoles(words, named)
}

// change is a command that changes who is known, and says what it did.
func (c *command) change(use, short string, args cobra.PositionalArgs, do func(ctx context.Context, w who, args []string) (string, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.changing(cmd, func(ctx context.Context, w who) (string, error) { return do(ctx, w, args) })
		},
	}
}

func (c *command) changing(cmd *cobra.Command, do func(ctx context.Context, w who) (string, error)) (err error) {
	a, err := c.open(cmd)
	if err != nil {
		return err
	}
	defer closing(a, &err)
	known, err := a.Directory(cmd.Context())
	if err != nil {
		return err
	}
	said, err := do(cmd.Context(), who{known, a.Principal(), a})
	if err == nil && !c.flags.quiet {
		fmt.Fprintln(c.program.Err, said)
	}
	return err
}

func (c *command) userAdd() *cobra.Command {
	var service, fromStdin bool
	var roles, groups []string
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Make a user or a service principal known", Args: cobra.ExactArgs(1),
		Long: "Add asks for the password of a user, on the terminal or with --password-stdin. A service\n" +
			"principal has none: tarn token create NAME makes its client secret.",
		RunE: func(cmd *cobra.Command, args []string) error {
			n := identity.New{Kind: identity.User, Name: args[0], Groups: groups}
			var err error
			if service {
				n.Kind = identity.Service
			} else if n.Password, err = c.password(args[0], fromStdin); err != nil {
				return err
			}
			return c.changing(cmd, func(ctx context.Context, w who) (said string, err error) {
				n.By = w.by
				if n.Roles, err = w.roles(roles); err != nil {
					return "", err
				}
				said = fmt.Sprintf("%s %s is known", n.Kind, n.Name)
				if len(roles)+len(groups) == 0 {
					said += ", and may do nothing yet: tarn user grant " + n.Name + " ROLE"
				}
				return said, w.known.Add(ctx, n)
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&service, "service", false, "a program: it has no password, only tokens")
	f.StringSliceVar(&roles, "role", nil, "a role: owner, reader, or one that policies name")
	f.StringSliceVar(&groups, "group", nil, "a group that it becomes a member of")
	passwordFlag(cmd, &fromStdin)
	return cmd
}

func (c *command) userPassword() *cobra.Command {
	var fromStdin bool
	cmd := &cobra.Command{
		Use: "password NAME", Short: "Change a user's password, which ends logins with the old one", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := c.password(args[0], fromStdin)
			if err != nil {
				return err
			}
			return c.changing(cmd, func(ctx context.Context, w who) (string, error) {
				return args[0] + " has a new password", w.known.SetPassword(ctx, args[0], password)
			})
		},
	}
	passwordFlag(cmd, &fromStdin)
	return cmd
}

func (c *command) userList() *cobra.Command {
	return c.look("list", "List users and service principals", cobra.NoArgs, func(cmd *cobra.Command, a *app.App, _ []string) (any, *grid, error) {
		known, err := a.Directory(cmd.Context())
		if err != nil {
			return nil, nil, err
		}
		entries, err := known.List(cmd.Context(), identity.User, identity.Service)
		list := []listedUser{}
		g := newGrid(c.outStyle())
		for _, name := range []string{"name", "kind", "roles", "groups", "state", "created"} {
			g.column(name, false)
		}
		for _, e := range entries {
			u := userOf(e)
			list = append(list, u)
			g.row(u.Name, u.Kind, joined(u.Roles), joined(u.Groups), u.State, moment(u.CreatedAt))
		}
		return list, g, err
	})
}

func (c *command) userShow() *cobra.Command {
	return c.look("show NAME", "Show a user or a service principal, with the tokens", cobra.ExactArgs(1), func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error) {
		known, err := a.Directory(cmd.Context())
		if err != nil {
			return nil, nil, err
		}
		e, err := known.Get(cmd.Context(), args[0], identity.User, identity.Service)
		if err != nil {
			return nil, nil, err
		}
		tokens, err := known.Tokens(cmd.Context(), args[0])
		if err != nil {
			return nil, nil, err
		}
		list, g := c.tokens(tokens)
		u := userOf(e)
		if cmd.Flag("output").Value.String() == "table" {
			c.person(u)
		}
		return struct {
			listedUser
			Tokens []listedToken `json:"tokens"`
		}{u, list}, g, nil
	})
}

// person writes what is known of somebody, above the tokens.
func (c *command) person(u listedUser) {
	s := c.outStyle()
	fmt.Fprintf(c.program.Out, "%s  %s\n", s.bold(u.Name), s.dim(u.Kind+", "+u.State))
	for _, line := range [][2]string{
		{"roles", joined(u.Roles)}, {"groups", joined(u.Groups)}, {"password set", moment(u.PasswordSetAt)},
		{"disabled", moment(u.DisabledAt)}, {"created", moment(u.CreatedAt) + " by " + u.CreatedBy},
	} {
		if line[1] != "" {
			fmt.Fprintf(c.program.Out, "%-12s  %s\n", line[0], line[1])
		}
	}
	fmt.Fprintln(c.program.Out)
}
