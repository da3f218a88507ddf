package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/deps"
	"github.com/tarn-lake/tarn/internal/diag"
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
			if err := c.addedPackage(&r); err != nil {
				return err
			}
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
	cmd.Flags().StringVar(&r.Add.Name, "add-package", "", "write a package into packages.yml and install it: dbt-labs/dbt_utils@1.3.0, or as --source says")
	cmd.Flags().StringVar(&r.Add.Source, "source", "hub", "what --add-package names: a package of the hub, a git repository or a local folder")
	cmd.Flags().BoolVar(&r.Add.DryRun, "dry-run", false, "with --add-package: show what packages.yml would be, and do nothing")
	return cmd
}

// addedPackage checks what is said of a package to add, and tells of it.
func (c *command) addedPackage(r *app.DepsRequest) error {
	if !slices.Contains([]string{"hub", "git", "local"}, r.Add.Source) {
		return diag.New(codeFlag, diag.Place{}, "--source %s is not known", r.Add.Source).WithHint("write hub, git or local")
	}
	if r.Add.DryRun && r.Add.Name == "" {
		return diag.New(codeFlag, diag.Place{}, "--dry-run goes with --add-package")
	}
	r.Add.Event = func(file, text string, removed []string) {
		if r.Add.DryRun {
			fmt.Fprint(c.program.Out, text)
		}
		if c.flags.quiet {
			return
		}
		for _, name := range removed {
			fmt.Fprintf(c.program.Err, "%s makes room: it was asked for before\n", name)
		}
		if !r.Add.DryRun {
			fmt.Fprintf(c.program.Err, "added %s to %s\n", r.Add.Name, file)
		}
	}
	return nil
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
