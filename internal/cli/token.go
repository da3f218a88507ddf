package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/identity"
)

// token is `tarn token` and its commands.
func (c *command) token() *cobra.Command {
	cmd := &cobra.Command{
		Use: "token", Short: "Make tokens for users and service principals, and revoke them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.tokenCreate(), c.tokenList(),
		c.change("revoke TOKEN", "End a token, named by its id or by itself, from the next request on", cobra.ExactArgs(1),
			func(ctx context.Context, w who, args []string) (string, error) {
				id, err := w.known.RevokeToken(ctx, args[0])
				return "token " + id + " is revoked", err
			}))
	return cmd
}

func (c *command) tokenCreate() *cobra.Command {
	var name, expires, output string
	var scopes []string
	cmd := &cobra.Command{
		Use: "create PRINCIPAL", Short: "Make a token, which is shown this once", Args: cobra.ExactArgs(1),
		Long: "Create writes a new token to stdout, and nothing else. A token is good for what its scopes\n" +
			"say and its principal may do. It is also the client secret for OAuth2's client credentials,\n" +
			"with the principal's name as client id, and the password of that name for PostgreSQL's clients.",
		RunE: func(cmd *cobra.Command, args []string) error {
			n := identity.NewToken{Principal: args[0], Name: name}
			var err error
			if n.Scopes, err = identity.ParseScopes(scopes); err != nil {
				return err
			}
			if n.Lasts, err = lasting(expires); err != nil {
				return err
			}
			if output != "text" && output != "json" {
				return diag.New("bad-flag", diag.Place{}, "--output %s is not known", output).WithHint("write text or json")
			}
			return c.changing(cmd, func(ctx context.Context, w who) (string, error) {
				n.By = w.by
				t, text, err := w.known.CreateToken(ctx, n)
				if err != nil {
					return "", err
				}
				if err := c.showToken(t, text.Reveal(), output); err != nil {
					return "", err
				}
				return fmt.Sprintf("token %s of %s, for %s, %s; it is not shown again", t.ID, t.Principal.Name, joined(t.Scopes), until(t.Expires)), nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "what it is for, for people")
	f.StringSliceVar(&scopes, "scope", []string{"read"}, "what it is good for: read, write")
	f.StringVar(&expires, "expires", "90d", "how long it lasts, such as 12h or 90d, or never")
	f.StringVarP(&output, "output", "o", "text", "text (the token alone) or json")
	return cmd
}

// lasting reads how long a token lasts; 0 is for ever.
func lasting(text string) (time.Duration, error) {
	if text == "never" {
		return 0, nil
	}
	d, err := config.ParseDuration(text)
	if err != nil || d == 0 {
		return 0, diag.New("bad-flag", diag.Place{}, "--expires %s is no length of time", text).WithHint("write 12h, 90d or never")
	}
	return d, nil
}

func until(expires time.Time) string {
	if expires.IsZero() {
		return "until it is revoked"
	}
	return "until " + moment(expires)
}

// showToken writes a new token to stdout, the only time that it is seen.
func (c *command) showToken(t identity.Token, text, output string) error {
	if output == "text" {
		_, err := fmt.Fprintln(c.program.Out, text)
		return err
	}
	e := json.NewEncoder(c.program.Out)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		listedToken
		Token string `json:"token"`
	}{tokenOf(t, time.Now()), text})
}

func (c *command) tokenList() *cobra.Command {
	return c.look("list [PRINCIPAL]", "List tokens, of one principal or of all", cobra.MaximumNArgs(1), func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error) {
		known, err := a.Directory(cmd.Context())
		if err != nil {
			return nil, nil, err
		}
		name := ""
		if len(args) == 1 {
			name = args[0]
		}
		tokens, err := known.Tokens(cmd.Context(), name)
		if err != nil {
			return nil, nil, err
		}
		list, g := c.tokens(tokens)
		return list, g, nil
	})
}

// tokens lists tokens in JSON and as a grid.
func (c *command) tokens(tokens []identity.Token) ([]listedToken, *grid) {
	list := []listedToken{}
	g := newGrid(c.outStyle())
	for _, name := range []string{"token", "of", "name", "scopes", "state", "created", "expires", "last used"} {
		g.column(name, false)
	}
	for _, t := range tokens {
		one := tokenOf(t, time.Now())
		list = append(list, one)
		g.row(one.ID, one.Principal, one.Name, joined(one.Scopes), one.State, moment(one.CreatedAt), moment(one.ExpiresAt), moment(one.LastUsedAt))
	}
	return list, g
}
