package deps

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/packagefile"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// pin is a package of which it is known what is taken.
type pin struct {
	spec packagefile.Spec
	// name is its own, as its dbt_project.yml says.
	name string
	// version is what is taken: a version, a commit, or "tarball".
	version, latest string
	// tarball is where it is got from, and dir where it is now.
	tarball, dir string
}

// locked returns what the lock says.
func (in *installer) locked() []*pin {
	var pins []*pin
	for _, s := range in.Lock.Packages {
		p := &pin{spec: s, name: s.Name, version: s.Revision, tarball: s.Tarball}
		if len(s.Versions) > 0 {
			p.version = s.Versions[0]
		}
		pins = append(pins, p)
	}
	return pins
}

// resolve finds out what is taken of each package that is asked for, and of
// those that these ask for.
func (in *installer) resolve(ctx context.Context) ([]*pin, error) {
	wants := &wants{byKey: map[string]int{}}
	for pending := in.Packages; len(pending) > 0; {
		var next []packagefile.Spec
		for _, s := range pending {
			i, changed, err := wants.add(s)
			if err != nil {
				return nil, err
			}
			if !changed {
				continue
			}
			p, more, err := in.pin(ctx, wants.specs[i])
			if err != nil {
				return nil, err
			}
			wants.pins[i] = p
			next = append(next, more...)
		}
		pending = next
	}
	return wants.pins, sameNames(wants.pins)
}

// pin chooses what is taken of one package, and returns what it asks for
// itself.
func (in *installer) pin(ctx context.Context, s packagefile.Spec) (*pin, []packagefile.Spec, error) {
	switch {
	case s.Hub != "":
		return in.hub.pin(ctx, s, in.Version)
	case s.Private != "":
		return nil, nil, problem(s, "`%s` is of a private provider, which needs dbt's own cloud", s.Private).
			WithHint("name its repository with `git:`")
	case s.Local != "":
		p := &pin{spec: s, dir: filepath.Join(in.Dir, filepath.FromSlash(s.Local))}
		more, err := p.look()
		return p, more, err
	}
	p := &pin{spec: s, tarball: s.Tarball, version: s.Revision}
	if err := in.fetch(ctx, p); err != nil {
		return nil, nil, err
	}
	more, err := p.look()
	return p, more, err
}

// fetch brings a package's files into a folder, unless they are in one.
func (in *installer) fetch(ctx context.Context, p *pin) error {
	if p.dir != "" {
		return nil
	}
	dir, err := os.MkdirTemp(in.temp, "package-*")
	if err != nil {
		return err
	}
	switch {
	case p.spec.Git != "":
		err = in.clone(ctx, p, dir)
	case p.spec.Hub != "" && p.tarball == "":
		if p.tarball, p.latest, err = in.hub.tarball(ctx, p.spec, p.version); err != nil {
			return err
		}
		fallthrough
	default:
		p.dir, err = in.download(ctx, p, dir)
	}
	if err != nil {
		return err
	}
	_, err = p.look()
	return err
}

// look reads what a package says of itself: its name, and what it asks for.
func (p *pin) look() ([]packagefile.Spec, error) {
	var ps diag.Problems
	r := &yamldoc.Reader{Problems: &ps, Tolerant: true}
	text, err := os.ReadFile(filepath.Join(p.dir, "dbt_project.yml"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, problem(p.spec, "`%s` holds no dbt_project.yml: it is no package", p.spec).
			WithHint("where the package is in a folder of a repository, write `subdirectory:`")
	}
	if err != nil {
		return nil, err
	}
	if root := r.Parse(filepath.Join(p.spec.String(), "dbt_project.yml"), text); root != nil {
		p.name = r.Map(root, "the file").Text("name")
	}
	if p.name == "" || strings.ContainsAny(p.name, `/\`) || strings.HasPrefix(p.name, ".") {
		return nil, problem(p.spec, "the dbt_project.yml of `%s` has no name that can be used: %q", p.spec, p.name)
	}
	var specs []packagefile.Spec
	for _, name := range []string{packagefile.File, packagefile.Dependencies} {
		text, err := os.ReadFile(filepath.Join(p.dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if root := r.Parse(filepath.Join(p.spec.String(), name), text); root != nil {
			specs = append(specs, packagefile.Read(r, root, nil).Packages...)
		}
	}
	return specs, ps.Err()
}

// wants collects what is asked for: one entry for each package, with the bounds
// of all who ask.
type wants struct {
	byKey map[string]int
	specs []packagefile.Spec
	pins  []*pin
}

// key is what makes two entries the same package.
func key(s packagefile.Spec) string {
	if s.Git != "" {
		return strings.TrimSuffix(s.Git, ".git") + "#" + s.Subdirectory
	}
	return s.Hub + s.Local + s.Tarball + s.Private
}

// add takes one more entry; changed tells that there is something new to find
// out about it.
func (w *wants) add(s packagefile.Spec) (i int, changed bool, err error) {
	i, known := w.byKey[key(s)]
	if !known {
		w.byKey[key(s)] = len(w.specs)
		w.specs, w.pins = append(w.specs, s), append(w.pins, nil)
		return len(w.specs) - 1, true, nil
	}
	have := &w.specs[i]
	switch {
	case s.Hub != "":
		for _, v := range s.Versions {
			if !slices.Contains(have.Versions, v) {
				have.Versions, changed = append(have.Versions, v), true
			}
		}
		have.InstallPrerelease = have.InstallPrerelease || s.InstallPrerelease
		return i, changed, nil
	case s.Git != "" && s.Revision != have.Revision:
		return i, false, problem(s, "`%s` is asked for at `%s`, and at `%s` by %s", s.Git, s.Revision, have.Revision, have.Place).
			WithHint("ask for one revision in both places")
	}
	return i, false, nil
}

// sameNames reports packages that would be installed in one folder.
func sameNames(pins []*pin) error {
	var ps diag.Problems
	first := map[string]*pin{}
	for _, p := range pins {
		if other, taken := first[p.name]; taken {
			ps.Add(problem(p.spec, "`%s` and `%s` are both called `%s`", other.spec, p.spec, p.name).WithHint("remove one of them from packages.yml"))
			continue
		}
		first[p.name] = p
	}
	return ps.Err()
}
