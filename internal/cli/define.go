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

// listed is what `tarn ls --output json` says of a resource.
type listed struct {
	UniqueID     string   `json:"unique_id"`
	Name         string   `json:"name"`
	ResourceType string   `json:"resource_type"`
	Package      string   `json:"package_name"`
	Path         string   `json:"original_file_path"`
	Relation     string   `json:"relation,omitempty"`
	Materialized string   `json:"materialized,omitempty"`
	Tags         []string `json:"tags"`
	DependsOn    []string `json:"depends_on"`
}

func (c *command) ls() *cobra.Command {
	var sel selection
	var output string
	cmd := &cobra.Command{
		Use: "ls", Aliases: []string{"list"}, Short: "List the project's resources", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			found, err := a.Select(cmd.Context(), sel.Selection)
			if err != nil {
				return err
			}
			for _, r := range found {
				if err := c.list(r, output); err != nil {
					return err
				}
			}
			return nil
		},
	}
	sel.add(cmd)
	cmd.Flags().StringVar(&output, "output", "selector", "selector, name, path or json")
	return cmd
}

func (c *command) list(r *project.Resource, output string) error {
	switch output {
	case "selector":
		prefix := ""
		if r.Kind != project.KindModel {
			prefix = string(r.Kind) + ":"
		}
		fmt.Fprintf(c.program.Out, "%s%s\n", prefix, dotted(r))
	case "name":
		fmt.Fprintln(c.program.Out, r.Name)
	case "path":
		fmt.Fprintln(c.program.Out, r.Path)
	case "json":
		l := listed{UniqueID: r.ID, Name: r.Name, ResourceType: string(r.Kind), Package: r.Package, Path: r.Path, Materialized: r.Config.Materialized, Tags: r.Tags, DependsOn: r.DependsOn}
		if !r.Relation.IsZero() {
			l.Relation = r.Relation.String()
		}
		return json.NewEncoder(c.program.Out).Encode(l)
	default:
		return diag.New("bad-flag", diag.Place{}, "--output %s is not known", output).WithHint("write selector, name, path or json")
	}
	return nil
}

// dotted is the name of a resource that selectors take.
func dotted(r *project.Resource) string {
	s := ""
	for i, part := range r.FQN {
		if i > 0 {
			s += "."
		}
		s += part
	}
	return s
}

func (c *command) compile() *cobra.Command {
	var sel selection
	cmd := &cobra.Command{
		Use: "compile", Short: "Write the SQL of models, tests and analyses", Args: cobra.NoArgs,
		Long: "Compile writes the SQL that Jinja makes of each chosen resource below the target folder.\nOf one model its SQL is shown, too.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			return c.compileAll(cmd, a, sel)
		},
	}
	sel.add(cmd)
	return cmd
}

func (c *command) compileAll(cmd *cobra.Command, a *app.App, sel selection) error {
	p, _, err := a.Project()
	if err != nil {
		return err
	}
	found, err := a.Select(cmd.Context(), sel.Selection)
	if err != nil {
		return err
	}
	var ps diag.Problems
	var shown []string // the SQL of models and analyses
	for _, r := range found {
		if r.SQL == "" {
			continue
		}
		sql, err := a.Compile(cmd.Context(), r)
		if err != nil {
			ps.AddError("compile", r.Place, err)
			continue
		}
		if r.Kind != project.KindTest {
			shown = append(shown, sql)
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
		fmt.Fprintln(c.program.Out, shown[0])
	}
	if !c.flags.quiet {
		fmt.Fprintf(c.program.Err, "%d compiled into %s\n", written, filepath.Join(p.TargetPath, "compiled"))
	}
	return nil
}
