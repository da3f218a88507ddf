package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/run"
)

// build is `tarn build`, and what its relatives have in common.
func (c *command) build() *cobra.Command {
	return c.verb("build", "Load, build, test and publish in graph order",
		"Build loads sources, reads seeds, builds models and runs tests, in graph order. A new\n"+
			"state is published only when its tests pass; else readers keep the old one.")
}

// ingest builds sources alone, or reads quarantined records again.
func (c *command) ingest() *cobra.Command {
	cmd := c.verb("ingest", "Load what is new or changed into raw tables",
		"Ingest loads the raw tables that are named, such as retail.invoices, or all of them.\n\n"+
			"With --replay it reads quarantined records again instead: those of a raw table under its\n"+
			"present definition, or those of a file that tarn quarantine export wrote and somebody\n"+
			"edited. Records that fit now go into the table with their file and line, and leave\n"+
			"quarantine at the same moment; the others stay.")
	var replay string
	cmd.Use, cmd.Args = "ingest [TABLE…]", cobra.ArbitraryArgs
	cmd.Flags().StringVar(&replay, "replay", "", "a raw table, or a file of exported records: read what is in quarantine again")
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, tables []string) error {
		chosen := len(tables) > 0 || cmd.Flags().Changed("select") || cmd.Flags().Changed("exclude") || cmd.Flags().Changed("full-refresh")
		switch {
		case replay != "" && chosen:
			return diag.New("bad-flag", diag.Place{}, "--replay goes with no table, --select or --full-refresh").
				WithHint("it names itself what is read again")
		case replay != "":
			return c.do(cmd, app.BuildRequest{Command: "ingest", Replay: replay, Publish: cmd.Flag("publish").Value.String()})
		}
		for _, t := range tables {
			if !strings.Contains(t, ":") {
				t = "source:" + t
			}
			if err := cmd.Flags().Set("select", t); err != nil {
				return err
			}
		}
		return run(cmd, nil)
	}
	return cmd
}

func (c *command) seed() *cobra.Command { return c.verb("seed", "Read the project's CSV seeds", "") }

func (c *command) run() *cobra.Command {
	return c.verb("run", "Build models, without their tests", "")
}

func (c *command) test() *cobra.Command {
	return c.verb("test", "Run tests on what is published", "")
}

func (c *command) snapshot() *cobra.Command {
	return c.verb("snapshot", "Keep the history of what snapshots look at", "")
}

// verb is a command that does a run.
func (c *command) verb(name, short, long string) *cobra.Command {
	var sel selection
	r := app.BuildRequest{Command: name}
	cmd := &cobra.Command{
		Use: name, Short: short, Long: long, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r.Selection, r.Publish = c.selection(sel), "resource"
			if p := cmd.Flag("publish"); p != nil {
				r.Publish = p.Value.String()
			}
			return c.do(cmd, r)
		},
	}
	sel.add(cmd)
	f := cmd.Flags()
	if name == "test" || name == "build" {
		f.BoolVar(&r.StoreFailures, "store-failures", false, "store the rows that fail each test as a table")
	}
	if name == "test" {
		return cmd
	}
	publishFlag(cmd)
	f.BoolVarP(&r.FullRefresh, "full-refresh", "f", false, "load and build everything again")
	if name == "seed" || name == "build" {
		f.Bool("show", false, "taken for dbt's sake: tarn show shows a seed's rows")
		_ = f.MarkHidden("show")
	}
	if name == "build" {
		for _, name := range []string{"export-saved-queries", "include-saved-query"} {
			toggle(f, new(bool), name, "", false, "taken for dbt's sake")
			_ = f.MarkHidden(name)
		}
	}
	if name != "seed" && name != "ingest" {
		toggle(f, &r.Empty, "empty", "", false, "read no rows of what models refer to")
	}
	if name == "run" || name == "build" {
		f.StringVar(&r.Range.Start, "event-time-start", "", "from when on microbatch models are built (UTC)")
		f.StringVar(&r.Range.End, "event-time-end", "", "until when microbatch models are built (UTC)")
		f.StringVar(&r.Sample, "sample", "", "read only what happened lately, such as '3 days', or in \"{'start': …, 'end': …}\", of all that has an event_time")
	}
	return cmd
}

func publishFlag(cmd *cobra.Command) {
	cmd.Flags().String("publish", "resource", "when new states become visible: resource (each when its tests passed), run (all at once, or none), never")
}

func (c *command) retry() *cobra.Command {
	r := app.BuildRequest{Command: "retry"}
	cmd := &cobra.Command{
		Use: "retry", Short: "Go on with the last run where it did not succeed", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.do(cmd, r) },
	}
	cmd.Flags().BoolVarP(&r.FullRefresh, "full-refresh", "f", false, "load and build anew what is built")
	return cmd
}

func (c *command) clone() *cobra.Command {
	var sel selection
	r := app.BuildRequest{Command: "clone", Clone: true}
	cmd := &cobra.Command{
		Use: "clone", Short: "Make views of what another invocation built in another schema", Args: cobra.NoArgs,
		Long: "Clone makes a view of each model, seed and snapshot that the manifest of --state has in\n" +
			"another schema of the lake. What is here already stays, but for --full-refresh.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			r.Selection, r.Publish = c.selection(sel), "resource"
			return c.do(cmd, r)
		},
	}
	sel.add(cmd)
	cmd.Flags().BoolVarP(&r.FullRefresh, "full-refresh", "f", false, "replace what is here")
	return cmd
}

// runOperation is dbt's run-operation.
func (c *command) runOperation() *cobra.Command {
	var args, publish string
	cmd := &cobra.Command{
		Use: "run-operation MACRO", Short: "Run a macro", Args: cobra.ExactArgs(1),
		Long: "Run-operation runs a macro of the project or of a package (package.macro). What its\n" +
			"statements change is published together when it has succeeded.",
		Example: "  tarn run-operation clean_up --args '{days: 7}'",
		RunE: func(cmd *cobra.Command, macro []string) error {
			r := app.BuildRequest{Command: "run-operation", Publish: publish, Operation: &app.Operation{Macro: macro[0]}}
			if strings.TrimSpace(args) != "" {
				given, err := app.ParseVars(args)
				if err != nil {
					return diag.New("bad-flag", diag.Place{}, "--args takes a mapping in YAML, not %q", args).WithHint("write --args '{name: value}'")
				}
				r.Operation.Args = given
			}
			return c.do(cmd, r)
		},
	}
	cmd.Flags().StringVar(&args, "args", "", "the macro's arguments as YAML, '{name: value}'")
	cmd.Flags().StringVar(&publish, "publish", "resource", "resource (what it changed is published) or never")
	return cmd
}

// do does a run and shows it.
func (c *command) do(cmd *cobra.Command, r app.BuildRequest) (err error) {
	r.FailFast, r.Deferral = c.flags.failFast, c.flags.deferred()
	a, err := c.open(cmd)
	if err != nil {
		return err
	}
	defer closing(a, &err)
	p, _, err := a.Project()
	if err != nil {
		return err
	}
	view := c.newProgress(p, r.Command)
	r.Events = view.event
	r.Waiting = func(h run.Holder) {
		fmt.Fprintf(c.program.Err, "waiting for run %s (tarn %s, process %d, since %s)\n", h.Run, h.Command, h.PID, h.Since.Local().Format(time.TimeOnly))
	}
	do := a.Build
	if r.Command == "retry" {
		do = a.Retry
	}
	summary, err := do(cmd.Context(), r)
	view.close()
	if err != nil {
		return err
	}
	c.conclude(view, summary)
	if summary.Run.State != run.Success {
		return errUnsuccessful
	}
	return nil
}

// closing closes a, keeping the first error.
func closing(a *app.App, err *error) {
	if closeErr := a.Close(); *err == nil {
		*err = closeErr
	}
}
