package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// flags are those that every command has.
type flags struct {
	projectDir string
	target     string
	vars       string
	threads    int
	logFormat  string
	quiet      bool
	noColor    bool
	warnError  bool
	debug      bool
}

func (c *command) globalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&c.flags.projectDir, "project-dir", ".", "folder of the project")
	f.StringVarP(&c.flags.target, "target", "t", "", "name that target.name has in templates")
	f.StringVar(&c.flags.vars, "vars", "", "variables as YAML, '{name: value}'; they win over dbt_project.yml")
	f.IntVar(&c.flags.threads, "threads", 0, "how much runs at once (default: one per core)")
	f.StringVar(&c.flags.logFormat, "log-format", "text", "text or json")
	f.BoolVarP(&c.flags.quiet, "quiet", "q", false, "show errors only")
	f.BoolVar(&c.flags.noColor, "no-color", false, "no colours")
	f.BoolVar(&c.flags.warnError, "warn-error", false, "treat warnings as errors")
	f.BoolVar(&c.flags.debug, "debug", false, "log what happens inside")
}

// selection are the flags that choose resources.
type selection struct {
	app.Selection
}

func (s *selection) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&s.Select, "select", "s", nil, "resources to choose, in dbt's selector syntax (+model+, tag:x, path:models/marts, …)")
	f.StringArrayVarP(&s.Select, "models", "m", nil, "the same as --select")
	f.StringArrayVar(&s.Exclude, "exclude", nil, "resources to leave out")
	f.StringVar(&s.Named, "selector", "", "a selector of selectors.yml, in place of --select and --exclude")
	f.StringVar(&s.State, "state", "", "folder with the artifacts of an earlier invocation, for state:, result: and source_status:")
	f.StringVar(&s.Indirect, "indirect-selection", "eager", "which tests come along: eager (with any of what they are on), cautious (with all of it), buildable, empty (none)")
	f.StringSliceVar(&s.Types, "resource-type", nil, "only these kinds: model, source, seed, snapshot, test, unit_test, analysis, exposure, …")
	f.StringSliceVar(&s.ExcludeTypes, "exclude-resource-type", nil, "all kinds but these")
	f.StringSliceVar(&s.Types, "resource-types", nil, "the same as --resource-type")
	f.StringSliceVar(&s.ExcludeTypes, "exclude-resource-types", nil, "the same as --exclude-resource-type")
	for _, name := range []string{"models", "resource-types", "exclude-resource-types"} {
		_ = f.MarkHidden(name)
	}
}

// fromEnvironment fills the flags that were not given from the environment:
// --project-dir is TARN_PROJECT_DIR, or DBT_PROJECT_DIR as dbt has it.
func (c *command) fromEnvironment(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || err != nil || f.Name == "help" || f.Name == "version" {
			return
		}
		name := strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		for _, prefix := range []string{"TARN_", "DBT_"} {
			v, ok := c.program.Env(prefix + name)
			if !ok || v == "" {
				continue
			}
			if f.Value.Set(v) != nil {
				err = badValue(prefix+name, f, v)
			}
			f.Changed = true
			return
		}
	})
	if _, set := c.program.Env("NO_COLOR"); set {
		c.flags.noColor = true
	}
	if err == nil && c.flags.logFormat != "text" && c.flags.logFormat != "json" {
		err = diag.New("bad-flag", diag.Place{}, "--log-format %s is not known", c.flags.logFormat).WithHint("write text or json")
	}
	return err
}

// flagProblem says what is wrong with a flag, with near names of one that is
// not known.
func flagProblem(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &invalid):
		return badValue("--"+invalid.GetFlag().Name, invalid.GetFlag(), invalid.GetValue())
	case errors.As(err, &unknown):
		p := diag.New("bad-flag", diag.Place{}, "%v", err).WithHint("tarn %s --help shows the flags", cmd.Name())
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if near := ident.Near(unknown.GetSpecifiedName(), known); len(near) > 0 {
			p.WithHint("did you mean --%s?", strings.Join(near, ", or --"))
		}
		return p
	default:
		return diag.New("bad-flag", diag.Place{}, "%v", err).WithHint("tarn %s --help shows the flags", cmd.Name())
	}
}

// badValue is the problem of a value that a flag does not take.
func badValue(given string, f *pflag.Flag, value string) error {
	takes := map[string]string{"int": "a whole number", "bool": "true or false"}[f.Value.Type()]
	if takes == "" {
		takes = f.Usage
	}
	return diag.New("bad-flag", diag.Place{}, "%s takes %s, not %q", given, takes, value)
}

// settings are the flags that override tarn.yml.
func (f *flags) settings(*cobra.Command) map[string]string {
	s := map[string]string{}
	if f.threads > 0 {
		s["engine.threads"] = fmt.Sprint(f.threads)
	}
	if f.target != "" {
		s["target"] = f.target
	}
	return s
}

// parseVars reads --vars.
func (f *flags) parseVars() (map[string]any, error) {
	if strings.TrimSpace(f.vars) == "" {
		return nil, nil
	}
	return app.ParseVars(f.vars)
}
