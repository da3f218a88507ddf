// Package cli is for the command line: dbt's verbs and flags where dbt has
// them, one file per command.
//
// It promises that stdout is data and stderr is messages; that the exit code
// is 0 for success, 1 for what was handled (a failed or held test, a bad
// project) and 2 for what was not, and for a command line that is wrong; that a
// command whose stdout nobody reads any more ends what it has begun; and that
// every flag is also an environment variable. It leaves to others what the
// commands do (app).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
)

// Codes of problems with the command line itself, which end a command as what
// is not handled does: so it is with dbt.
const (
	codeFlag    = "bad-flag"
	codeCommand = "bad-command"
)

// Exit codes.
const (
	exitSuccess   = 0
	exitHandled   = 1
	exitUnhandled = 2
	exitUnread    = 128 + int(syscall.SIGPIPE) // what shells make of the signal
)

// errUnsuccessful ends a command whose run did not succeed; what went wrong was
// shown already.
var errUnsuccessful = errors.New("the run did not succeed")

// Program is what a process gives the command line.
type Program struct {
	Args    []string
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	Env     func(string) (string, bool)
	Version string
}

// Main runs the program and returns its exit code.
func Main(ctx context.Context, p Program) int {
	// A limit on the size of files is an error of the write, as a full disk is,
	// not a reason to die.
	signal.Ignore(syscall.SIGXFSZ)
	// Nor is a reader who has seen enough, such as head: what has begun ends. The
	// signal is taken, not ignored, as programs that are started would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	c := &command{program: p}
	root := c.root()
	root.SetArgs(spread(p.Args))
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	err := root.ExecuteContext(ctx)
	return c.exit(ctx, err)
}

// exit shows an error and chooses the code.
func (c *command) exit(ctx context.Context, err error) int {
	var one *diag.Problem
	var many *diag.ProblemsError
	switch {
	case err == nil:
		return exitSuccess
	case errors.Is(err, errUnsuccessful):
		return exitHandled
	case isUnread(err):
		return exitUnread
	case ctx.Err() != nil:
		fmt.Fprintln(c.program.Err, "interrupted")
		return exitHandled
	case errors.As(err, &many):
		c.problems(many.Problems)
		return exitHandled
	case errors.As(err, &one):
		c.problems([]*diag.Problem{one})
		if one.Code == codeFlag || one.Code == codeCommand {
			return exitUnhandled
		}
		return exitHandled
	case !c.started:
		c.problems([]*diag.Problem{misused(err)})
		return exitUnhandled
	default:
		if c.flags.logFormat == "json" {
			c.jsonLine(map[string]any{"level": "error", "message": err.Error()})
		} else {
			fmt.Fprintf(c.program.Err, "%s %v\n", c.style().bad("error:"), err)
		}
		return exitUnhandled
	}
}

// isUnread reports whether an error is that nobody reads stdout any more.
func isUnread(err error) bool {
	var write *os.PathError
	return errors.As(err, &write) && write.Path == os.Stdout.Name() && errors.Is(write, syscall.EPIPE)
}

// command is one invocation.
type command struct {
	program Program
	flags   flags
	// started tells that cobra took the command line.
	started bool
}

// root builds the tree of commands.
func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tarn",
		Short: "Point it at files, write SQL, and get tested, governed, documented Iceberg tables",
		Long: "Tarn loads files into Iceberg tables, builds models in SQL over them, tests every\n" +
			"new state, and publishes only what passed. A dbt project is a Tarn project.",
		SilenceErrors: true, SilenceUsage: true, Version: c.program.Version,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			c.started = true
			return c.fromEnvironment(cmd)
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetFlagErrorFunc(flagProblem)
	c.globalFlags(root)
	root.AddGroup(
		&cobra.Group{ID: "build", Title: "Build:"},
		&cobra.Group{ID: "look", Title: "Look:"},
		&cobra.Group{ID: "project", Title: "Project:"},
		&cobra.Group{ID: "serve", Title: "Serve:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, cmd := range commands {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	add("build", c.build(), c.ingest(), c.seed(), c.run(), c.snapshot(), c.test(), c.runOperation(), c.retry(), c.clone(), c.clean(), c.quarantine(), c.backup(), c.restore())
	add("look", c.query(), c.show(), c.tables(), c.describe(), c.history(), c.runs(), c.queries(), c.why(), c.report(), c.duplicates())
	add("project", c.initProject(), c.crawl(), c.deps(), c.parse(), c.ls(), c.compile(), c.docs(), c.source(), c.debug())
	add("serve", c.serve(), c.user(), c.group(), c.token(), c.policy())
	root.AddCommand(c.version())
	versioned(root, root.Version)
	return root
}

// versioned gives every command --version, as dbt's have it.
func versioned(cmd *cobra.Command, version string) {
	cmd.Version = version
	for _, sub := range cmd.Commands() {
		versioned(sub, version)
	}
}

// open opens the project that the flags name.
func (c *command) open(cmd *cobra.Command) (*app.App, error) {
	vars, err := c.flags.parseVars()
	if err != nil {
		return nil, err
	}
	return app.Open(app.Options{
		Stdin: c.program.In,
		Dir:   c.flags.projectDir, Env: c.program.Env, Vars: vars, Target: c.flags.target,
		Settings: c.flags.settings(cmd), Warnings: c.flags.policy, Version: c.program.Version,
		ProfilesDir: c.flags.profilesDir, Profile: c.flags.profile, TargetPath: c.flags.targetPath, NoArtifacts: !c.flags.writeJSON,
		Deferral: c.flags.deferred(), Command: cmd.Name(), Flags: c.flags.values(cmd), Print: c.printed(),
		Warn: c.warn, Logger: c.logger(),
	})
}

// warn shows a warning of the project.
func (c *command) warn(p *diag.Problem) {
	if !c.flags.quiet {
		c.problems([]*diag.Problem{p})
	}
}

// printed shows what templates print.
func (c *command) printed() func(string) {
	if !c.flags.print {
		return nil
	}
	var mu sync.Mutex
	return func(message string) {
		mu.Lock()
		defer mu.Unlock()
		if c.flags.logFormat == "json" {
			c.jsonLine(map[string]any{"level": "info", "message": message})
			return
		}
		fmt.Fprintln(c.program.Out, message)
	}
}

// logger writes our own log to stderr: warnings, or everything with --debug.
func (c *command) logger() *slog.Logger {
	level := map[string]slog.Level{"info": slog.LevelInfo, "error": slog.LevelError, "none": slog.LevelError + 1}[c.flags.logLevel]
	switch {
	case c.flags.debug:
		level = slog.LevelDebug
	case c.flags.logLevel == "warn":
		level = slog.LevelWarn
	}
	options := &slog.HandlerOptions{Level: level}
	if c.flags.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(c.program.Err, options))
	}
	return slog.New(slog.NewTextHandler(c.program.Err, options))
}

// terminal reports whether w is a terminal.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// columns is how wide the terminal behind w is; 0 where there is none.
func columns(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}
