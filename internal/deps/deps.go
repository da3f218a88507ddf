// Package deps installs the packages that a project uses: from a hub, a git
// repository or a tarball, into the folder where the loader looks for them.
//
// It promises that what package-lock.yml pins is what is installed; that the
// folder of installed packages is the old one or the new one as a whole; that
// archives cannot write outside of it; and that a package which two ask for in
// ways that do not fit is an error that names both. It leaves to others what
// the files ask for (packagefile) and reading packages (project).
package deps

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/packagefile"
)

// DefaultHub is where packages are looked for that have only a name.
const DefaultHub = "https://hub.getdbt.com"

// Request says what to install, and where.
type Request struct {
	// Dir is the project's folder, and Into the folder of installed packages in
	// it.
	Dir, Into string
	// Packages are what the project asks for.
	Packages []packagefile.Spec
	// Lock is what package-lock.yml says; nil where there is none.
	Lock *packagefile.Content
	// Upgrade pins anew, whatever the lock says; LockOnly installs nothing.
	Upgrade, LockOnly bool
	// Version is the version of dbt's language that packages must fit.
	Version string
	// Hub is the address of the hub; "" is [DefaultHub].
	Hub string
	// Client makes requests; nil is Go's default client.
	Client *http.Client
	// Reveal puts the values of secrets into an address, and returns them; nil
	// leaves addresses as they are.
	Reveal func(text string) (revealed string, secrets []string)
	// Event is told what happens; nil is nobody.
	Event func(Event)
}

// Event is something that happened: Locked (package-lock.yml was written),
// Installed, or InPlace (a local package, which is used where it is).
type Event struct {
	Kind EventKind
	// Package is what people call it; Version is what was chosen, and Latest the
	// newest that there is, where that is known.
	Package, Version, Latest string
}

// EventKind is the kind of an event.
type EventKind uint8

// The kinds.
const (
	Locked EventKind = iota
	Installed
	InPlace
)

// installer is one installation.
type installer struct {
	Request
	hub  *hub
	temp string
}

// Install brings what is asked for into the folder of installed packages, and
// writes package-lock.yml where it does not say yet what that is. The number
// is how many packages there are.
func Install(ctx context.Context, r Request) (int, error) {
	if r.Event == nil {
		r.Event = func(Event) {}
	}
	if r.Client == nil {
		r.Client = http.DefaultClient
	}
	if r.Hub == "" {
		r.Hub = DefaultHub
	}
	if len(r.Packages) == 0 {
		return 0, nil
	}
	temp, err := os.MkdirTemp(r.Dir, ".tarn-deps-*")
	if err != nil {
		return 0, err
	}
	in := &installer{Request: r, hub: &hub{address: r.Hub, client: r.Client, known: map[string]*hubPackage{}}, temp: temp}
	n, err := in.install(ctx)
	return n, errors.Join(err, os.RemoveAll(temp))
}

func (in *installer) install(ctx context.Context) (int, error) {
	pins, err := in.pins(ctx)
	if err != nil || in.LockOnly {
		return len(pins), err
	}
	fresh := filepath.Join(in.temp, "packages")
	if err := os.Mkdir(fresh, 0o755); err != nil {
		return 0, err
	}
	for _, p := range pins {
		if p.spec.Local != "" {
			in.Event(Event{Kind: InPlace, Package: p.spec.Local})
			continue
		}
		if err := in.fetch(ctx, p); err != nil {
			return 0, err
		}
		if err := os.Rename(p.dir, filepath.Join(fresh, p.name)); err != nil {
			return 0, err
		}
		in.Event(Event{Kind: Installed, Package: p.spec.String(), Version: p.version, Latest: p.latest})
	}
	return len(pins), in.replace(fresh)
}

// pins returns what is to be installed: what the lock says, if it was made of
// the same request, or what is found out now, which is locked.
func (in *installer) pins(ctx context.Context) ([]*pin, error) {
	hash, err := Hash(in.Packages)
	if err != nil {
		return nil, err
	}
	if in.Lock != nil && in.Lock.Hash == hash && !in.Upgrade {
		return in.locked(), nil
	}
	pins, err := in.resolve(ctx)
	if err != nil {
		return nil, err
	}
	if err := writeLock(filepath.Join(in.Dir, packagefile.Lock), pins, hash); err != nil {
		return nil, err
	}
	in.Event(Event{Kind: Locked})
	return pins, nil
}

// replace puts the new folder in the place of the old one.
func (in *installer) replace(fresh string) error {
	into := filepath.Join(in.Dir, filepath.FromSlash(in.Into))
	if err := os.MkdirAll(filepath.Dir(into), 0o755); err != nil {
		return err
	}
	old := filepath.Join(in.temp, "old")
	if err := os.Rename(into, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(fresh, into)
}

// problem is what a person can mend about a package that is asked for.
func problem(s packagefile.Spec, format string, args ...any) *diag.Problem {
	return diag.New("bad-package", s.Place, format, args...)
}
