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
	projectDir, profilesDir, profile string
	target, targetPath               string
	vars                             string
	threads                          int
	logFormat, logLevel              string
	quiet, debug, print, colors      bool
	noColor, failFast                bool
	warnError                        bool
	warnErrorOptions                 string
	policy                           diag.Policy // what the two say
	writeJSON                        bool
	listen, postgres                 string
	state, indirect                  string
	deferral                         app.Deferral
}

func (c *command) globalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&c.flags.projectDir, "project-dir", ".", "folder of the project")
	f.StringVar(&c.flags.profilesDir, "profiles-dir", "", "folder of profiles.yml, where the project has one (default: the project's, else ~/.dbt)")
	f.StringVar(&c.flags.profile, "profile", "", "the profile of profiles.yml, in place of what dbt_project.yml names")
	f.StringVarP(&c.flags.target, "target", "t", "", "name that target.name has in templates")
	f.StringVar(&c.flags.targetPath, "target-path", "", "folder of generated files (default: what dbt_project.yml says, else target)")
	f.StringVar(&c.flags.vars, "vars", "", "variables as YAML, '{name: value}'; they win over dbt_project.yml")
	f.IntVar(&c.flags.threads, "threads", 0, "how much runs at once (default: one per core)")
	f.StringVar(&c.flags.logFormat, "log-format", "text", "text or json")
	f.StringVar(&c.flags.logLevel, "log-level", "warn", "what of Tarn's own log is shown: debug, info, warn, error or none")
	toggle(f, &c.flags.quiet, "quiet", "q", false, "show errors only")
	toggle(f, &c.flags.print, "print", "", true, "show what print() and log(…, info=true) say")
	toggle(f, &c.flags.colors, "use-colors", "", true, "colours on a terminal")
	f.BoolVar(&c.flags.noColor, "no-color", false, "no colours")
	toggle(f, &c.flags.failFast, "fail-fast", "x", false, "start nothing more once something failed")
	toggle(f, &c.flags.warnError, "warn-error", "", false, "treat warnings as errors")
	f.StringVar(&c.flags.warnErrorOptions, "warn-error-options", "", "what becomes of warnings, as YAML: '{error: all, warn: [NAME], silence: [NAME]}', by dbt's names of them or by their codes")
	toggle(f, &c.flags.writeJSON, "write-json", "", true, "write manifest.json, run_results.json and the like")
	toggle(f, &c.flags.debug, "debug", "d", false, "log what happens inside")
	f.StringVar(&c.flags.state, "state", "", "folder with the artifacts of an earlier invocation, for state:, result:, source_status: and --defer")
	f.StringVar(&c.flags.indirect, "indirect-selection", "eager", "which tests come along: eager (with any of what they are on), cautious (with all of it), buildable, empty (none)")
	toggle(f, &c.flags.deferral.Defer, "defer", "", false, "let names of what is neither selected nor there mean what --state's manifest says")
	f.StringVar(&c.flags.deferral.State, "defer-state", "", "folder of the manifest for --defer, if not --state's")
	toggle(f, &c.flags.deferral.Favor, "favor-state", "", false, "with --defer: also where it is there")
	ignored(f)
}

// ignored takes the flags of dbt that mean nothing here: Tarn has no cache of
// relations and no partial parsing to turn off, writes no log file, and sends
// nothing anywhere.
func ignored(f *pflag.FlagSet) {
	for _, name := range []string{
		"partial-parse", "partial-parse-file-diff", "static-parser", "use-experimental-parser", "populate-cache", "cache-selected-only",
		"log-cache-events", "macro-debugging", "version-check", "introspect", "single-threaded", "use-colors-file",
		"send-anonymous-usage-stats", "show-all-deprecations", "use-fast-test-edges", "upload-to-artifacts-ingest-api", "show-resource-report",
		"inject-ephemeral-ctes", "deprecated-print",
	} {
		toggle(f, new(bool), name, "", false, "taken for dbt's sake")
		_ = f.MarkHidden(name)
	}
	for _, name := range []string{
		"log-path", "log-format-file", "log-level-file", "log-file-max-bytes", "printer-width", "partial-parse-file-path", "sqlparse",
		"deprecated-defer", "deprecated-favor-state", "deprecated-state",
	} {
		f.String(name, "", "taken for dbt's sake")
		_ = f.MarkHidden(name)
	}
	f.StringP("record-timing-info", "r", "", "taken for dbt's sake")
	f.Bool("deprecated-no-print", false, "taken for dbt's sake")
	for _, name := range []string{"record-timing-info", "deprecated-no-print"} {
		_ = f.MarkHidden(name)
	}
}

// selection are the flags that choose resources.
type selection struct {
	app.Selection
}

func (s *selection) add(cmd *cobra.Command) {
	s.choose(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&s.Types, "resource-type", nil, "only these kinds: model, source, seed, snapshot, test, unit_test, analysis, exposure, …")
	f.StringSliceVar(&s.ExcludeTypes, "exclude-resource-type", nil, "all kinds but these")
	f.StringSliceVar(&s.Types, "resource-types", nil, "the same as --resource-type")
	f.StringSliceVar(&s.ExcludeTypes, "exclude-resource-types", nil, "the same as --exclude-resource-type")
	for _, name := range []string{"resource-types", "exclude-resource-types"} {
		_ = f.MarkHidden(name)
	}
}

// choose adds the flags that choose by name.
func (s *selection) choose(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&s.Select, "select", "s", nil, "resources to choose, in dbt's selector syntax (+model+, tag:x, path:models/marts, …)")
	f.StringArrayVarP(&s.Select, "models", "m", nil, "the same as --select")
	f.StringArrayVar(&s.Select, "model", nil, "the same as --select")
	f.StringArrayVar(&s.Exclude, "exclude", nil, "resources to leave out")
	f.StringVar(&s.Named, "selector", "", "a selector of selectors.yml, in place of --select and --exclude")
	_ = f.MarkHidden("models")
	_ = f.MarkHidden("model")
}

// selection is what the flags say, those that every command has included.
func (c *command) selection(s selection) app.Selection {
	out := s.Selection
	out.State, out.Indirect = c.flags.state, c.flags.indirect
	return out
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
	if f.listen != "" {
		s["serve.listen"] = f.listen
	}
	if f.postgres != "" {
		s["serve.postgres"] = f.postgres
	}
	return s
}

// deferred is how names of what is not here are found.
func (f *flags) deferred() app.Deferral {
	d := f.deferral
	if d.State == "" {
		d.State = f.state
	}
	return d
}

// values are the flags as templates see them.
func (f *flags) values(cmd *cobra.Command) map[string]any {
	out := map[string]any{
		"FAIL_FAST": f.failFast, "WARN_ERROR": f.warnError, "DEBUG": f.debug, "QUIET": f.quiet, "PRINT": f.print, "WRITE_JSON": f.writeJSON,
		"DEFER": f.deferral.Defer, "FAVOR_STATE": f.deferral.Favor, "USE_COLORS": !f.noColor, "INDIRECT_SELECTION": f.indirect,
		"LOG_FORMAT": f.logFormat, "LOG_LEVEL": f.logLevel, "PROJECT_DIR": f.projectDir,
	}
	if f.state != "" {
		out["STATE"] = f.state
	}
	for _, name := range []string{"full-refresh", "empty", "store-failures"} {
		if flag := cmd.Flags().Lookup(name); flag != nil {
			out[strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = flag.Value.String() == "true"
		}
	}
	return out
}

// parseVars reads --vars.
func (f *flags) parseVars() (map[string]any, error) {
	if strings.TrimSpace(f.vars) == "" {
		return nil, nil
	}
	return app.ParseVars(f.vars)
}
