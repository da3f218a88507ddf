package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
)

// pairOf is the annotation that names the other flag of a pair.
const pairOf = "pair"

// toggle adds a flag and its opposite, --name and --no-name.
func toggle(f *pflag.FlagSet, to *bool, name, short string, value bool, usage string) {
	f.BoolVarP(to, name, short, value, usage)
	f.VarPF(&opposite{to: to}, "no-"+name, "", "the opposite of --"+name).NoOptDefVal = "true"
	_ = f.MarkHidden("no-" + name)
	_ = f.SetAnnotation(name, pairOf, []string{"no-" + name})
	_ = f.SetAnnotation("no-"+name, pairOf, []string{name})
}

// opposite is the value of a flag that turns another one off.
type opposite struct{ to *bool }

// Set sets the other flag to the opposite of a text.
func (o *opposite) Set(text string) error {
	v, err := strconv.ParseBool(text)
	if err == nil {
		*o.to = !v
	}
	return err
}

// String returns the opposite of the other flag.
func (o *opposite) String() string {
	if o.to == nil {
		return ""
	}
	return strconv.FormatBool(!*o.to)
}

// Type returns the type as pflag names it.
func (o *opposite) Type() string { return "bool" }

// older are names of the environment that dbt still takes.
var older = map[string]string{"state": "DBT_ARTIFACT_STATE_PATH", "defer": "DBT_DEFER_TO_STATE", "favor-state": "DBT_FAVOR_STATE_MODE"}

// fromEnvironment fills the flags that were not given from the environment, and
// what that does not say from the flags: of dbt_project.yml. --project-dir is
// TARN_PROJECT_DIR, or DBT_PROJECT_DIR as dbt has it.
func (c *command) fromEnvironment(cmd *cobra.Command) error {
	err := c.fill(cmd, func(f *pflag.Flag) (string, string) {
		name := strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		names := []string{"TARN_" + name, "DBT_ENGINE_" + name, "DBT_" + name}
		if old, ok := older[f.Name]; ok {
			names = append(names, old)
		}
		for _, name := range names {
			if v, ok := c.program.Env(name); ok && v != "" {
				return name, v
			}
		}
		return "", ""
	})
	if err == nil {
		declared := app.ProjectFlags(c.flags.projectDir)
		err = c.fill(cmd, func(f *pflag.Flag) (string, string) {
			name := strings.ReplaceAll(f.Name, "-", "_")
			return "dbt_project.yml: flags: " + name, declared[name]
		})
	}
	if _, set := c.program.Env("NO_COLOR"); set || !c.flags.colors {
		c.flags.noColor = true
	}
	return errorsOr(err, c.flags.check)
}

func errorsOr(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// fill sets the flags for which find knows a value and that were not given; a
// flag whose opposite was given was given.
func (c *command) fill(cmd *cobra.Command, find func(*pflag.Flag) (given, value string)) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || err != nil || f.Name == "help" || f.Name == "version" {
			return
		}
		for _, other := range f.Annotations[pairOf] {
			if o := cmd.Flags().Lookup(other); o != nil && o.Changed {
				return
			}
		}
		given, v := find(f)
		if v == "" {
			return
		}
		if f.Value.Set(v) != nil {
			err = badValue(given, f, v)
		}
		f.Changed = true
	})
	return err
}

// check says which values of the flags are not known, and reads those that say
// the same in dbt's other words.
func (f *flags) check() error {
	switch f.logFormat {
	case "default", "debug": // dbt's, for people
		f.logFormat = "text"
	case "text", "json":
	default:
		return diag.New("bad-flag", diag.Place{}, "--log-format %s is not known", f.logFormat).WithHint("write text or json")
	}
	levels := []string{"debug", "info", "warn", "error", "none"}
	if !slices.Contains(levels, f.logLevel) {
		return diag.New("bad-flag", diag.Place{}, "--log-level %s is not known", f.logLevel).WithHint("write %s", strings.Join(levels, ", "))
	}
	if f.logLevel == "debug" {
		f.debug = true
	}
	policy, err := f.warnings()
	f.policy = policy
	return err
}
