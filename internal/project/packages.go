package project

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/packagefile"
	"github.com/tarn-lake/tarn/internal/project/selectors"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// readPackages finds the packages that the project uses: local ones where they
// are, the others where they are installed, and theirs.
func (l *loader) readPackages() {
	wanted := l.wanted(l.root())
	seen := map[string]bool{}
	for i := 0; i < len(wanted); i++ { // packages may want more
		s := wanted[i]
		if s.Local == "" || seen[path.Clean(s.Local)] {
			continue
		}
		dir := path.Clean(s.Local)
		seen[dir] = true
		if k := l.localPackage(dir, s); k != nil {
			wanted = append(wanted, l.wanted(k)...)
		}
	}
	l.readInstalled(&wanted)
	l.reportMissing(wanted)
	for _, k := range l.packs[1:] {
		l.project.Packages = append(l.project.Packages, k.Package)
	}
}

// wanted reads which packages a package asks for.
func (l *loader) wanted(k *pack) []packagefile.Spec {
	var out []packagefile.Spec
	for _, name := range []string{packagefile.File, packagefile.Dependencies} {
		if !k.exists(name) {
			continue
		}
		f := l.openYAML(k, k.shown(name), l.problems, true)
		f.secrets = true // they stand in addresses
		render := func(text string, place diag.Place) string { return plainText(f.render(text, place)) }
		if name == packagefile.Dependencies {
			render = nil // as in dbt
		}
		content := packagefile.Read(f.reader, f.parse(), render)
		if k.isRoot {
			for _, p := range content.Projects {
				l.problems.Warnf("not-there-yet", p.Place, "projects of dbt's mesh are not there yet: `%s` is left out", p.Name)
			}
		}
		out = append(out, content.Packages...)
	}
	return out
}

// localPackage reads a package in a folder of one's own.
func (l *loader) localPackage(dir string, s packagefile.Spec) *pack {
	sub, err := l.openFolder(dir)
	if err == nil {
		_, err = fs.Stat(sub, File)
	}
	if err != nil {
		if _, err := fs.Stat(l.fsys, l.project.PackagesPath); err == nil {
			return nil // it may be installed: reported where it is not
		}
		l.reportNoProject(s)
		return nil
	}
	return l.addPackage(dir, sub, s.Place)
}

func (l *loader) reportNoProject(s packagefile.Spec) {
	l.problems.Errorf("no-package", s.Place, "there is no dbt project in `%s`", s.Local).
		WithHint("`local` is a path relative to the folder of your dbt_project.yml")
}

// openFolder opens a folder of the project or, where the path leads out of it,
// elsewhere.
func (l *loader) openFolder(dir string) (fs.FS, error) {
	if fs.ValidPath(dir) {
		return fs.Sub(l.fsys, dir)
	}
	return l.options.Outside(dir)
}

// addPackage reads a package's project file; nil where that cannot be done.
func (l *loader) addPackage(dir string, fsys fs.FS, place diag.Place) *pack {
	k := &pack{Package: &Package{Dir: dir, fsys: fsys}}
	k.context = newContextFactory(l.options).profiled(l.profile)
	if !l.readInstalledFile(k) {
		return nil
	}
	if other := l.pack(k.Name); other != nil {
		where := other.Dir
		if where == "" {
			where = "the project itself"
		}
		l.problems.Errorf("same-package", place, "two packages are called `%s`: %s, and %s", k.Name, where, dir).
			WithHint("remove one of them from packages.yml; the project itself cannot be its own package")
		return nil
	}
	l.packs = append(l.packs, k)
	return k
}

// readInstalled reads every package in the folder of installed ones, as dbt
// does; one that is used in place is not read again.
func (l *loader) readInstalled(wanted *[]packagefile.Spec) {
	root := l.project.PackagesPath
	entries, err := fs.ReadDir(l.fsys, root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && fs.ValidPath(root) {
		l.problems.Add(unreadable(root, err))
	}
	for _, e := range entries {
		dir := path.Join(root, e.Name())
		sub, err := fs.Sub(l.fsys, dir)
		if err != nil || strings.HasPrefix(e.Name(), "__") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		text, err := fs.ReadFile(sub, File)
		if err != nil {
			continue // a file, or what is left of a package: reported where it is wanted
		}
		if l.isLocal(text) {
			continue
		}
		if k := l.addPackage(dir, sub, diag.Place{File: path.Join(dir, File)}); k != nil {
			for _, s := range l.wanted(k) {
				if s.Local == "" { // those of installed packages are installed beside them
					*wanted = append(*wanted, s)
				}
			}
		}
	}
}

// isLocal reports whether a project file is that of a local package, by its
// name: dbt links or copies those to where packages are installed.
func (l *loader) isLocal(projectFile []byte) bool {
	r := &yamldoc.Reader{Problems: &diag.Problems{}, Tolerant: true}
	name := r.Map(r.Parse(File, projectFile), "the file").Text("name")
	return slices.ContainsFunc(l.packs[1:], func(k *pack) bool { return k.Name == name })
}

// reportMissing says which packages are declared and not installed. A package
// may have another name than its repository: as long as there are as many as
// are wanted, dbt is content.
func (l *loader) reportMissing(wanted []packagefile.Spec) {
	installed := map[string]bool{}
	for _, k := range l.packs[1:] {
		installed[k.Name], installed[path.Base(k.Dir)] = true, true
	}
	asked := map[string]packagefile.Spec{}
	var missing []packagefile.Spec
	for _, s := range wanted {
		if s.Local != "" && slices.ContainsFunc(l.packs, func(k *pack) bool { return k.Dir == path.Clean(s.Local) }) {
			continue
		}
		if _, again := asked[s.Folder()]; again {
			continue
		}
		asked[s.Folder()] = s
		if !installed[s.Folder()] {
			missing = append(missing, s)
		}
	}
	count := 0
	for _, k := range l.packs[1:] {
		if strings.HasPrefix(k.Dir, l.project.PackagesPath+"/") {
			count++
		}
	}
	if count >= len(asked) {
		return
	}
	for _, s := range missing {
		if s.Local != "" {
			l.reportNoProject(s)
			continue
		}
		l.problems.Errorf("not-installed", s.Place, "the package `%s` is not installed", s).WithHint("run `tarn deps`")
	}
}

// readSelectors reads selectors.yml of the project itself.
func (l *loader) readSelectors() {
	k := l.root()
	if !k.exists(selectors.Name) {
		return
	}
	f := l.openYAML(k, selectors.Name, l.problems, true)
	l.project.Selectors = selectors.Read(f.reader, f.parse(), f.render)
}
