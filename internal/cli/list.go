package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// ls is dbt's ls.
func (c *command) ls() *cobra.Command {
	var sel selection
	var output string
	var keys []string
	cmd := &cobra.Command{
		Use: "ls", Aliases: []string{"list"}, Short: "List the project's resources", Args: cobra.NoArgs,
		Example: "  tarn ls --select +orders --resource-type model --output path\n" +
			"  tarn ls --output json --output-keys name config.materialized",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			found, err := a.List(cmd.Context(), c.selection(sel))
			if err != nil {
				return err
			}
			var wanted []string
			for _, k := range keys {
				wanted = append(wanted, strings.Fields(k)...)
			}
			for _, r := range found {
				if err := c.list(a, r, output, wanted); err != nil {
					return err
				}
			}
			return nil
		},
	}
	sel.add(cmd)
	cmd.Flags().StringVar(&output, "output", "selector", "selector, name, path or json")
	cmd.Flags().StringSliceVar(&keys, "output-keys", nil, "the keys of --output json, such as name, config.materialized")
	return cmd
}

func (c *command) list(a *app.App, r *project.Resource, output string, keys []string) error {
	switch output {
	case "selector":
		fmt.Fprintln(c.program.Out, app.Selector(r))
	case "name":
		fmt.Fprintln(c.program.Out, app.SearchName(r))
	case "path":
		fmt.Fprintln(c.program.Out, r.Path)
	case "json":
		node, err := a.Listed(r, keys)
		if err != nil {
			return err
		}
		e := json.NewEncoder(c.program.Out)
		e.SetEscapeHTML(false)
		return e.Encode(node)
	default:
		return diag.New("bad-flag", diag.Place{}, "--output %s is not known", output).WithHint("write selector, name, path or json")
	}
	return nil
}
