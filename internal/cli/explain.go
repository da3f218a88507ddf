package cli

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/explain"
)

func (c *command) why() *cobra.Command {
	return &cobra.Command{
		Use: "why NAME", Short: "Tell why a table is held, failed, or as it is", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			answer, err := a.Why(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return explain.WriteWhy(c.program.Out, answer, explain.Style{Color: c.outStyle().colour, Width: columns(c.program.Out)})
		},
	}
}

func (c *command) report() *cobra.Command {
	var output, runID string
	cmd := &cobra.Command{
		Use: "report", Short: "Write a page that shows the newest run and all around it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			r, err := a.Report(cmd.Context(), runID)
			if err != nil {
				return err
			}
			path := output
			if !filepath.IsAbs(path) && !cmd.Flags().Changed("output") {
				path = filepath.Join(a.Config().Dir, path)
			}
			if err := writeReport(path, r); err != nil {
				return err
			}
			if !c.flags.quiet {
				fmt.Fprintf(c.program.Err, "wrote %s: open it in a browser\n", path)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "report.html", "where to write the page")
	cmd.Flags().StringVar(&runID, "run", "", "the run to show (default: the newest)")
	return cmd
}

// writeReport writes the page; a page of before stays until the new one is whole.
func writeReport(path string, r explain.Report) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".report-*.html")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	w := bufio.NewWriter(f)
	if err := explain.WriteReport(w, r); err != nil {
		_ = f.Close()
		return err
	}
	if err := w.Flush(); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
