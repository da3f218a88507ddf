package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/deps"
)

// deps is dbt's deps: install the packages that a project uses.
func (c *command) deps() *cobra.Command {
	var r app.DepsRequest
	cmd := &cobra.Command{
		Use: "deps", Short: "Install the packages that packages.yml asks for", Args: cobra.NoArgs,
		Long: "Deps installs the packages of packages.yml and dependencies.yml, and those that they\n" +
			"need, into dbt_packages/. Which versions were chosen is written to package-lock.yml and\n" +
			"stays so until packages.yml changes, or --upgrade chooses anew.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			r.Event = c.depsEvent
			n, err := a.Deps(cmd.Context(), r)
			if err == nil && n == 0 && !c.flags.quiet {
				fmt.Fprintln(c.program.Err, "the project uses no packages: packages.yml and dependencies.yml name none")
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&r.Upgrade, "upgrade", false, "choose versions anew, whatever package-lock.yml says")
	cmd.Flags().BoolVar(&r.LockOnly, "lock", false, "write package-lock.yml, and install nothing")
	return cmd
}

// depsEvent tells what was done.
func (c *command) depsEvent(e deps.Event) {
	if c.flags.quiet {
		return
	}
	switch e.Kind {
	case deps.Locked:
		fmt.Fprintln(c.program.Err, "wrote package-lock.yml")
	case deps.InPlace:
		fmt.Fprintf(c.program.Err, "uses %s where it is\n", e.Package)
	case deps.Installed:
		newer := ""
		if e.Latest != "" && e.Latest != e.Version {
			newer = fmt.Sprintf(" (%s is there)", e.Latest)
		}
		fmt.Fprintf(c.program.Err, "installed %s %s%s\n", e.Package, e.Version, newer)
	}
}
