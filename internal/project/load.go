package project

import (
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/profile"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// Options are what the command line adds to a project's files.
type Options struct {
	// Vars win over the variables of dbt_project.yml.
	Vars map[string]any
	// Env looks up what env_var asks for; nil is an empty environment.
	Env func(string) (string, bool)
	// Warnings says what becomes of warnings.
	Warnings diag.Policy
	// Target is the name of the target; default is that of the profile, or dev.
	Target string
	// Profiles is the text of dbt's profiles.yml, whose place ProfilesPath is;
	// none is needed.
	Profiles     []byte
	ProfilesPath string
	// Profile is the name of the profile, in place of what dbt_project.yml says.
	Profile string
	// StoreFailures stores the failing rows of tests that say nothing about it.
	StoreFailures bool
	// Outside opens a folder that lies outside of the project's, by its path
	// relative to it (../shared), for local packages; nil finds none.
	Outside func(dir string) (fs.FS, error)
}

// Load reads the project in fsys. dir is its folder in messages and in Dir.
// The project holds everything that could be understood, whatever the problems;
// nothing where dbt_project.yml cannot be read, for it says what is where.
func Load(fsys fs.FS, dir string, o Options) (*Project, *diag.Problems) {
	if o.Env == nil {
		o.Env = func(string) (string, bool) { return "", false }
	}
	if o.Outside == nil {
		o.Outside = func(string) (fs.FS, error) { return nil, fs.ErrNotExist }
	}
	l := &loader{
		fsys: fsys, options: o, problems: &diag.Problems{},
		project: &Project{Dir: dir, index: newIndex(), Packages: []*Package{{fsys: fsys}}},
		pending: map[*Resource]*pending{}, docs: docs{}, names: &sync.Map{},
	}
	if l.readProjectFile() {
		l.readPackages()
		l.shareVars()
		l.findFiles()
		l.readMacros()
		l.readYAML()
		l.readSelectors()
		l.declare()
		l.connect()
	}
	o.Warnings.Apply(l.problems)
	return l.project, once(l.problems)
}

// loader holds what loading knows, from step to step: the packages with their
// files, what the YAML files declare, and what is to be connected.
type loader struct {
	fsys     fs.FS
	options  Options
	problems *diag.Problems
	project  *Project
	packs    []*pack // the project's own is the first
	docs     docs
	profile  *profile.Profile // nil where there is none

	names *sync.Map // what macros made of a nameKey

	declared declarations
	pending  map[*Resource]*pending

	toldGrants bool // that grants have no effect
}

// root is the project's own package.
func (l *loader) root() *pack { return l.packs[0] }

// file is one YAML file while it is being read.
type file struct {
	path     string
	pack     *pack
	problems *diag.Problems
	reader   *yamldoc.Reader
	context  contextFactory
	docs     docs
	root     string // the name of the project
	secrets  bool   // env_var may name secrets
}

// openYAML starts reading a YAML file whose problems go to ps. dbt's own files
// are read with tolerance for unknown keys.
func (l *loader) openYAML(k *pack, path string, ps *diag.Problems, tolerant bool) *file {
	return &file{
		path: path, pack: k, problems: ps, context: k.context, docs: l.docs, root: l.project.Name,
		reader: &yamldoc.Reader{Problems: ps, Tolerant: tolerant},
	}
}

// parse reads the file's tree; nil, and a problem, where it cannot be read.
func (f *file) parse() *yamldoc.Node {
	text, err := f.pack.read(f.path)
	if err != nil {
		f.problems.Add(unreadable(f.path, err))
		return nil
	}
	return f.reader.Parse(f.path, text)
}

// exists reports whether a package has a file.
func (k *pack) exists(inner string) bool {
	_, err := fs.Stat(k.fsys, inner)
	return !errors.Is(err, fs.ErrNotExist)
}

func unreadable(path string, err error) *diag.Problem {
	var known *diag.Problem
	if errors.As(err, &known) {
		return known
	}
	return diag.New("unreadable", diag.Place{File: path}, "the file cannot be read: %v", err).WithCause(err)
}

// each runs work for 0 to n-1 on every core, with problems of its own, and
// adds the problems in order.
func (l *loader) each(n int, work func(i int, ps *diag.Problems)) {
	var mu sync.Mutex
	all := make([]diag.Problems, n)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	next := 0
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() error {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= n {
					return nil
				}
				work(i, &all[i])
			}
		})
	}
	_ = group.Wait() // work reports through its problems
	for i := range all {
		for _, p := range all[i].All() {
			l.problems.Add(p)
		}
	}
}

// once drops repetitions: a setting of dbt_project.yml applies to many
// resources and is wrong for each of them.
func once(ps *diag.Problems) *diag.Problems {
	out := &diag.Problems{}
	seen := map[string]bool{}
	for _, p := range ps.All() {
		if text := p.Error(); !seen[text] {
			seen[text] = true
			out.Add(p)
		}
	}
	return out
}

// stem returns the name of a resource: its file's name without the ending.
func stem(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i]
	}
	return name
}

// folders returns the folders between a declared path and a file below it.
func folders(path string, roots []string) []string {
	for _, root := range roots {
		rest, ok := strings.CutPrefix(path, root+"/")
		if root == "." {
			rest, ok = path, true
		}
		if !ok {
			continue
		}
		parts := strings.Split(rest, "/")
		return slices.Clip(parts[:len(parts)-1])
	}
	return nil
}

// below returns the folders below the outermost one, which is where dbt counts
// from for what is declared in properties files.
func below(path string) []string {
	parts := strings.Split(path, "/")
	if len(parts) < 2 {
		return nil
	}
	return slices.Clip(parts[1 : len(parts)-1])
}
