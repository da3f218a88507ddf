package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/deps"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/project/packagefile"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// DepsRequest says how packages are installed.
type DepsRequest struct {
	// Upgrade chooses versions anew; LockOnly writes package-lock.yml alone.
	Upgrade, LockOnly bool
	Event             func(deps.Event)
	// Add is a package that is added first; its Name is "" where there is none.
	Add AddPackage
}

// Deps installs the packages that the project uses, the one that is added
// included; where that fails packages.yml is as it was. The number is how many
// packages there are.
func (a *App) Deps(ctx context.Context, r DepsRequest) (int, error) {
	if r.Add.Name == "" {
		return a.installPackages(ctx, r)
	}
	undo, err := a.addPackage(r.Add)
	if err != nil || r.Add.DryRun {
		return 1, err
	}
	n, err := a.installPackages(ctx, r)
	if err != nil {
		err = errors.Join(err, undo())
	}
	return n, err
}

// installPackages installs the packages that the project uses. The rest of the project is
// not looked at: it may not load before they are there.
func (a *App) installPackages(ctx context.Context, r DepsRequest) (int, error) {
	var ps diag.Problems
	into := "dbt_packages"
	if m := a.yamlFile(&ps, project.File); m != nil {
		if given := m.Text("packages-install-path"); given != "" {
			into = given
		}
	}
	var wanted []packagefile.Spec
	for _, name := range []string{packagefile.File, packagefile.Dependencies} {
		render := func(text string, place diag.Place) string { return a.renderText(&ps, text, place) }
		if name == packagefile.Dependencies {
			render = nil // as in dbt
		}
		if c := a.packageFile(&ps, name, render); c != nil {
			wanted = append(wanted, c.Packages...)
		}
	}
	lock := a.packageFile(&ps, packagefile.Lock, nil)
	if err := ps.Err(); err != nil {
		return 0, err
	}
	if !filepath.IsLocal(filepath.FromSlash(into)) {
		return 0, diag.New("bad-path", diag.Place{File: project.File}, "`packages-install-path`: `%s` is not a folder within the project", into)
	}
	hub, _ := a.options.Env("DBT_PACKAGE_HUB_URL")
	return deps.Install(ctx, deps.Request{
		Dir: a.options.Dir, Into: into, Packages: wanted, Lock: lock, Upgrade: r.Upgrade, LockOnly: r.LockOnly,
		Version: template.Version, Hub: hub, Event: r.Event,
		Reveal: func(text string) (string, []string) { return template.Reveal(text, a.options.Env) },
	})
}

// yamlFile reads a file of the project; nil where there is none, or where it
// cannot be read.
func (a *App) yamlFile(ps *diag.Problems, name string) *yamldoc.Map {
	r, root := a.yamlTree(ps, name)
	if root == nil {
		return nil
	}
	return r.Map(root, "the file")
}

func (a *App) packageFile(ps *diag.Problems, name string, render func(string, diag.Place) string) *packagefile.Content {
	r, root := a.yamlTree(ps, name)
	if root == nil {
		return nil
	}
	c := packagefile.Read(r, root, render)
	return &c
}

func (a *App) yamlTree(ps *diag.Problems, name string) (*yamldoc.Reader, *yamldoc.Node) {
	text, err := os.ReadFile(filepath.Join(a.options.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		ps.Errorf("unreadable", diag.Place{File: name}, "the file cannot be read: %v", err)
		return nil, nil
	}
	r := &yamldoc.Reader{Problems: ps, Tolerant: true}
	return r, r.Parse(name, text)
}

// renderText renders the templates of a text in packages.yml, which sees
// variables and the environment, secrets included: they are for addresses of
// private repositories.
func (a *App) renderText(ps *diag.Problems, text string, place diag.Place) string {
	v, err := template.RenderYAML(text, template.Context{Vars: a.options.Vars, Env: a.options.Env, File: place.File, Secrets: true})
	if err != nil {
		ps.AddError("template", place, err)
		return text
	}
	s, _ := v.(string)
	return s
}
