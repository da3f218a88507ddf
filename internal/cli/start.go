package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
)

// initProject is `tarn init`.
func (c *command) initProject() *cobra.Command {
	var example string
	cmd := &cobra.Command{
		Use: "init [FOLDER]", Short: "Make a new project", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if example != "" {
				dir = example
			}
			if len(args) == 1 {
				dir = args[0]
			}
			if err := app.Init(dir, example); err != nil {
				return err
			}
			if !c.flags.quiet {
				fmt.Fprintf(c.program.Err, "made the project %s\n  next: cd %s && tarn build\n", dir, dir)
			}
			return nil
		},
	}
	cmd.Flags().BoolP("skip-profile-setup", "s", false, "taken for dbt's sake: no profile is needed")
	_ = cmd.Flags().MarkHidden("skip-profile-setup")
	cmd.Flags().StringVar(&example, "example", "", "start from an example: shop or weblog")
	return cmd
}
