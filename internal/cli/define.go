package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// parse is dbt's parse: are the definitions right?
func (c *command) parse() *cobra.Command {
	return &cobra.Command{
		Use: "parse", Short: "Check the project's definitions", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			p, _, err := a.Project()
			if err != nil {
				return err
			}
			if err := a.WriteManifest(); err != nil {
				return err
			}
			count := map[project.Kind]int{}
			for _, r := range p.Resources {
				count[r.Kind]++
			}
			if !c.flags.quiet {
				fmt.Fprintf(c.program.Err, "%s: %d sources, %d seeds, %d models, %d tests, %d analyses\n", p.Name,
					count[project.KindSource], count[project.KindSeed], count[project.KindModel], count[project.KindTest], count[project.KindAnalysis])
			}
			return nil
		},
	}
}

// compile is dbt's compile.
func (c *command) compile() *cobra.Command {
	var sel selection
	var inline, output string
	cmd := &cobra.Command{
		Use: "compile", Short: "Write the SQL of models, tests and analyses", Args: cobra.NoArgs,
		Long: "Compile writes the SQL that Jinja makes of each chosen resource below the target folder.\nOf one model its SQL is shown, too.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if output != "text" && output != "json" {
				return diag.New("bad-flag", diag.Place{}, "--output %s is not known", output).WithHint("write text or json")
			}
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			if inline != "" {
				sql, err := a.CompileText(cmd.Context(), inline)
				if err != nil {
					return err
				}
				return c.showCompiled("", sql, output)
			}
			return c.compileAll(cmd, a, sel, output)
		},
	}
	sel.choose(cmd)
	cmd.Flags().StringVar(&inline, "inline", "", "a text in place of what is selected")
	cmd.Flags().StringVar(&output, "output", "text", "text or json")
	cmd.Flags().BoolP("full-refresh", "f", false, "taken for dbt's sake")
	toggle(cmd.Flags(), new(bool), "empty", "", false, "taken for dbt's sake")
	for _, name := range []string{"full-refresh", "empty"} {
		_ = cmd.Flags().MarkHidden(name)
	}
	return cmd
}

// showCompiled shows the SQL of one text, in dbt's shape where it is JSON.
func (c *command) showCompiled(name, sql, output string) error {
	if output == "text" {
		fmt.Fprintln(c.program.Out, sql)
		return nil
	}
	shown := map[string]any{"compiled": sql}
	if name != "" {
		shown["node"] = name
	}
	e := json.NewEncoder(c.program.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(shown)
}

func (c *command) compileAll(cmd *cobra.Command, a *app.App, sel selection, output string) error {
	p, _, err := a.Project()
	if err != nil {
		return err
	}
	found, err := a.Select(cmd.Context(), c.selection(sel))
	if err != nil {
		return err
	}
	var ps diag.Problems
	var shown []string // the SQL of models and analyses
	name := ""
	for _, r := range found {
		if r.SQL == "" {
			continue
		}
		// What is wrong with the lake is told once, and not for each of them.
		if err := a.CanCompile(cmd.Context()); err != nil {
			return err
		}
		sql, err := a.Compile(cmd.Context(), r)
		if err != nil {
			ps.AddError("compile", r.Place, err)
			continue
		}
		if r.Kind != project.KindTest {
			shown, name = append(shown, sql), r.Name
		}
	}
	written, err := a.WriteCompiled()
	if err != nil {
		return err
	}
	if err := a.WriteManifest(); err != nil {
		return err
	}
	if err := ps.Err(); err != nil {
		return err
	}
	if len(shown) == 1 {
		if err := c.showCompiled(name, shown[0], output); err != nil {
			return err
		}
	}
	if !c.flags.quiet {
		fmt.Fprintf(c.program.Err, "%d compiled into %s\n", written, filepath.Join(p.TargetPath, "compiled"))
	}
	return nil
}
