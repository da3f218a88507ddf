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

// verb is a command that does a run.
func (c *command) verb(name, short, long string) *cobra.Command {
	var sel selection
	var publish string
	var full bool
	cmd := &cobra.Command{
		Use: name, Short: short, Long: long, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.do(cmd, app.BuildRequest{Command: name, Selection: sel.Selection, Publish: publish, FullRefresh: full})
		},
	}
	sel.add(cmd)
	if name != "test" {
		cmd.Flags().StringVar(&publish, "publish", "resource", "when new states become visible: resource (each when its tests passed), run (all at once, or none), never")
		cmd.Flags().BoolVarP(&full, "full-refresh", "f", false, "load and build everything again")
	}
	return cmd
}

func (c *command) retry() *cobra.Command {
	return &cobra.Command{
		Use: "retry", Short: "Go on with the last run where it did not succeed", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.do(cmd, app.BuildRequest{Command: "retry"}) },
	}
}

// do does a run and shows it.
func (c *command) do(cmd *cobra.Command, r app.BuildRequest) (err error) {
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
