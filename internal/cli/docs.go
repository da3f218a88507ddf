package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// docs is dbt's docs.
func (c *command) docs() *cobra.Command {
	cmd := &cobra.Command{Use: "docs", Short: "Document the project", Args: cobra.NoArgs, RunE: subcommand("tarn docs generate, or tarn docs serve")}
	cmd.AddCommand(c.docsGenerate(), c.docsServe())
	return cmd
}

// subcommand is what a group of commands does by itself: it says what it has.
func subcommand(has string) func(*cobra.Command, []string) error {
	return func(*cobra.Command, []string) error {
		return diag.New("bad-command", diag.Place{}, "there is nothing to do").WithHint("write %s", has)
	}
}

func (c *command) docsGenerate() *cobra.Command {
	var sel selection
	var r app.DocsRequest
	compile := true
	cmd := &cobra.Command{
		Use: "generate", Short: "Write manifest.json, catalog.json and a page that shows them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			r.Selection, r.NoCompile = c.selection(sel), !compile
			tables, err := a.Docs(cmd.Context(), r)
			if err != nil || c.flags.quiet {
				return err
			}
			p, _, err := a.Project()
			if err == nil {
				fmt.Fprintf(c.program.Err, "%d %s in %s/%s\n", tables, plural(int64(tables), "table", "tables"), p.TargetPath, artifact.CatalogFile)
			}
			return err
		},
	}
	sel.choose(cmd)
	toggle(cmd.Flags(), &compile, "compile", "", true, "with the SQL that Jinja makes")
	cmd.Flags().BoolVar(&r.Empty, "empty-catalog", false, "leave the tables out")
	cmd.Flags().BoolVar(&r.Static, "static", false, "also write static_index.html, a page with the data in it")
	return cmd
}

// source is dbt's source.
func (c *command) source() *cobra.Command {
	cmd := &cobra.Command{Use: "source", Short: "Look at sources", Args: cobra.NoArgs, RunE: subcommand("tarn source freshness")}
	cmd.AddCommand(c.sourceFreshness())
	return cmd
}

func (c *command) sourceFreshness() *cobra.Command {
	var sel selection
	var output string
	cmd := &cobra.Command{
		Use: "freshness", Aliases: []string{"snapshot-freshness"}, Short: "Look how fresh sources are", Args: cobra.NoArgs,
		Long: "Freshness compares the newest row of each source that has warn_after or error_after, by\n" +
			"loaded_at_query or loaded_at_field, with the clock. A source that has neither is as\n" +
			"fresh as its last load. The results are in sources.json.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			ok, err := a.Freshness(cmd.Context(), app.FreshnessRequest{Selection: c.selection(sel), Output: output, Event: c.fresh})
			if err == nil && !ok {
				return errUnsuccessful
			}
			return err
		},
	}
	sel.choose(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "file of the results, in place of sources.json in the target folder")
	return cmd
}

// fresh shows how fresh a source is.
func (c *command) fresh(r *project.Resource, f artifact.Freshness) {
	if c.flags.logFormat == "json" {
		c.jsonLine(map[string]any{"event": "freshness", "resource": r.ID, "state": f.Status, "seconds": f.Age, "message": f.Error})
		return
	}
	s, facts := c.style(), "newest "+f.Newest()
	word := map[string]string{
		artifact.StatusPass: s.good("PASS "), artifact.StatusWarn: s.wait("WARN "), artifact.StatusError: s.bad("STALE"), artifact.StatusRuntime: s.bad("ERROR"),
	}[f.Status]
	if f.Status == artifact.StatusRuntime {
		facts = f.Error
	}
	if !c.flags.quiet || f.Status == artifact.StatusError || f.Status == artifact.StatusRuntime {
		fmt.Fprintf(c.program.Err, "  %s  %s.%s  %s\n", word, r.Source, r.Name, facts)
	}
}
