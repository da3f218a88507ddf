// Package app is the composition root: it opens what a command needs, no more,
// and puts the packages together.
//
// It promises that everything it opened is closed by [App.Close], that a
// command which needs no lake opens none, and that runs whose process died are
// marked as crashed before anything else is looked at. It leaves to others how
// commands look (cli) and what the parts do.
package app

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/graph"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/project"
)

// Options say which project, and with which settings.
type Options struct {
	// Dir is the project's folder.
	Dir string
	// Env looks up environment variables; nil means those of the process.
	Env func(string) (string, bool)
	// Environ lists environment variables as NAME=value; nil means those of the
	// process.
	Environ func() []string
	// Settings are flags that override tarn.yml, by key ("engine.threads").
	Settings map[string]string
	// Vars are the variables given on the command line.
	Vars   map[string]any
	Target string
	// Warnings says what becomes of warnings.
	Warnings diag.Policy
	// Warn is told of warnings; nil discards them.
	Warn   func(*diag.Problem)
	Logger *slog.Logger
	// Stdin is what a table's path "-" means; nil is none.
	Stdin io.Reader
	// ProfilesDir is the folder of profiles.yml and Profile the name of the
	// profile, where they are not what dbt_project.yml and the environment say.
	ProfilesDir, Profile string
	// TargetPath is the folder of generated files; "" is what dbt_project.yml
	// says.
	TargetPath string
	// NoArtifacts writes neither manifest.json nor run_results.json.
	NoArtifacts bool
	// Print is told what templates print; nil drops it.
	Print func(message string)
	// Deferral is for texts that are compiled outside of runs.
	Deferral Deferral
	// Command is the verb, and Flags the flags as templates see them.
	Command string
	Flags   map[string]any
	// Version is the program's, for what it writes.
	Version string
}

// App is a project and what was opened of it. Its methods are not safe for
// concurrent use.
type App struct {
	options   Options
	config    config.Config
	principal identity.Principal
	// bound are the policies of what is served; nil are those of this machine's
	// owner, whom none binds.
	bound func() policy.Tables

	// id and started tell this invocation from others.
	id      string
	started time.Time

	// files are those of the project's folder.
	files   fs.FS
	project *project.Project
	graph   *graph.Graph
	stores  *stores
	engines *engines
	// record is what statements of people are put on.
	record *record
	// words describes the resources of the project described.
	words     *artifact.Describer
	described *project.Project
	// compiled is the SQL of what was compiled, by ID.
	compiled map[string]string
	// selected are the IDs that the command works on.
	selected []string
	// idle are the IDs that were selected, and that nothing is done for: what
	// uses the data.
	idle []string
}

// Open reads the settings.
func Open(o Options) (*App, error) {
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	if o.Environ == nil {
		o.Environ = os.Environ
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Warn == nil {
		o.Warn = func(*diag.Problem) {}
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	if err := exists(dir); err != nil {
		return nil, err
	}
	c, problems := config.Load(dir, o.Env, o.Settings)
	a := &App{options: o, config: c, files: os.DirFS(dir), principal: identity.Current(), id: uuid.NewString(), started: time.Now(), compiled: map[string]string{}}
	for _, p := range problems.Warnings() {
		o.Warn(p)
	}
	if err := problems.Err(); err != nil {
		// What is wrong in the project is told at the same time.
		_, _, more := a.Project()
		problems.AddError("project", diag.Place{}, more)
		return nil, problems.Err()
	}
	return a, nil
}

// exists refuses a folder that is no project before anything is made in it.
func exists(dir string) error {
	_, err := os.Stat(filepath.Join(dir, "dbt_project.yml"))
	if errors.Is(err, fs.ErrNotExist) {
		return diag.New("no-project", diag.Place{}, "%s holds no dbt_project.yml", dir).
			WithHint("go to a project's folder, give one with --project-dir, or make one with tarn init")
	}
	return err
}

// Close closes what was opened.
func (a *App) Close() error {
	var errs []error
	if a.record != nil {
		errs = append(errs, a.record.close())
	}
	if a.engines != nil {
		errs = append(errs, a.engines.close())
	}
	if a.stores != nil {
		errs = append(errs, a.stores.close())
	}
	return errors.Join(errs...)
}

// Config returns the settings.
func (a *App) Config() config.Config { return a.config }

// Principal returns whom statements are run for.
func (a *App) Principal() identity.Principal { return a.principal }

// owner is who commands of this machine are run for, as policies meet it.
func (a *App) owner() policy.Who { return policy.Who{Principal: a.principal} }

// again is the app with its stores and nothing of the project loaded.
func (a *App) again() *App {
	b := *a
	b.project, b.graph, b.words, b.described = nil, nil, nil, nil
	b.compiled = map[string]string{}
	return &b
}

// Project loads the project and its graph, once.
func (a *App) Project() (*project.Project, *graph.Graph, error) {
	if a.project != nil {
		return a.project, a.graph, nil
	}
	profiles, at := a.profiles()
	p, problems := project.Load(a.files, a.options.Dir, project.Options{
		Vars: a.options.Vars, Env: a.options.Env, Warnings: a.options.Warnings, Target: a.config.Target,
		Profiles: profiles, ProfilesPath: at, Profile: a.options.Profile, Outside: a.outside,
		StoreFailures: a.options.Flags["STORE_FAILURES"] == true,
	})
	for _, w := range problems.Warnings() {
		a.options.Warn(w)
	}
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	g, err := graph.Build(p)
	if err != nil {
		return nil, nil, err
	}
	if a.options.TargetPath != "" {
		p.TargetPath = a.options.TargetPath
		if filepath.IsAbs(p.TargetPath) {
			if p.TargetPath, err = filepath.Rel(a.options.Dir, p.TargetPath); err != nil {
				return nil, nil, err
			}
		}
		p.TargetPath = filepath.ToSlash(p.TargetPath)
	}
	a.project, a.graph = p, g
	return p, g, nil
}
