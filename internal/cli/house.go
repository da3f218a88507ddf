package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func (c *command) clean() *cobra.Command {
	cmd := &cobra.Command{
		Use: "clean", Short: "Remove generated files, and what crashed runs left in the lake", Args: cobra.NoArgs,
		Long: "Clean removes the project's clean-targets, and from the lake the files that dead runs left\nand that no table names, and those of snapshots that expired a while ago: history.remove_after in\ntarn.yml. It never touches live files, nor what a running load writes.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			cleaned, err := a.Clean(cmd.Context())
			if err != nil || c.flags.quiet {
				return err
			}
			for _, f := range cleaned.Folders {
				fmt.Fprintf(c.program.Err, "removed %s\n", f)
			}
			fmt.Fprintf(c.program.Err, "removed %d files (%s) of %d dead stages from the lake\n", cleaned.Lake.Files, bytesText(cleaned.Lake.Bytes), cleaned.Lake.Stages)
			if e := cleaned.Expired; e.Files > 0 {
				fmt.Fprintf(c.program.Err, "removed %d files (%s) of %d snapshots that had expired\n", e.Files, bytesText(e.Bytes), e.Snapshots)
			}
			return nil
		},
	}
	toggle(cmd.Flags(), new(bool), "clean-project-files-only", "", true, "taken for dbt's sake: nothing outside of the project is removed")
	_ = cmd.Flags().MarkHidden("clean-project-files-only")
	return cmd
}

func (c *command) debug() *cobra.Command {
	var relocate bool
	cmd := &cobra.Command{
		Use: "debug", Short: "Check what a build needs", Args: cobra.NoArgs,
		Long: "Debug looks at everything that a build needs. With --relocate it first makes a lake\n" +
			"readable whose folder was moved or copied: its tables record where they are.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			if relocate {
				if err := c.relocate(cmd, a); err != nil {
					return err
				}
			}
			s := c.outStyle()
			for _, check := range a.Debug(cmd.Context()) {
				if check.Err != nil {
					fmt.Fprintf(c.program.Out, "%-12s %s\n", check.Name, s.bad("failed"))
					err = check.Err
					continue
				}
				fmt.Fprintf(c.program.Out, "%-12s %s\n", check.Name, check.Value)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&relocate, "relocate", false, "make a lake that was moved readable where it is")
	for _, name := range []string{"connection", "config-dir"} {
		cmd.Flags().Bool(name, false, "taken for dbt's sake")
		_ = cmd.Flags().MarkHidden(name)
	}
	return cmd
}

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version", Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			fmt.Fprintf(c.program.Out, "tarn %s (%s, %s/%s)\n", c.program.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		},
	}
}
