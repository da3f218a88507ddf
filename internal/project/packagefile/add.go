package packagefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// Add writes an entry into the text of packages.yml or dependencies.yml, behind
// those that it has. Entries that name the same package, wherever from, make
// room for it and are returned. All else stays as it is written.
func Add(file string, text []byte, s Spec) (out []byte, removed []Spec, err error) {
	var ps diag.Problems
	r := &yamldoc.Reader{Problems: &ps, Tolerant: true}
	root := r.Parse(file, text)
	if err := ps.Err(); err != nil {
		return nil, nil, err
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if strings.TrimSpace(string(text)) == "" {
		lines = nil
	}
	at := 0 // the line of the key
	for _, f := range root.Fields() {
		if f.Key == "packages" {
			at = f.Place.Line
		}
	}
	entries := root.Get("packages").Items()
	switch {
	case at == 0:
		lines = append(lines, "packages:")
		at = len(lines)
	case len(entries) == 0:
		key, comment, _ := strings.Cut(lines[at-1], "#")
		if key, _, _ = strings.Cut(key, ":"); comment != "" {
			comment = "  #" + comment
		}
		lines[at-1] = key + ":" + comment
	case entries[0].Place.Line == at || !strings.HasPrefix(strings.TrimSpace(lines[entries[0].Place.Line-1]), "-"):
		return nil, nil, diag.New("packages-in-brackets", entries[0].Place, "the packages stand in brackets, where none can be added").
			WithHint("write each on lines of its own, beginning with `- `; then add the new one")
	}
	content := Read(&yamldoc.Reader{Problems: &diag.Problems{}, Tolerant: true}, root, nil)
	return place(lines, at, entries, content.Packages, s)
}

// place replaces the entries that name the package of s by it.
func place(lines []string, at int, entries []*yamldoc.Node, specs []Spec, s Spec) (out []byte, removed []Spec, err error) {
	indent, end := "  ", at // behind which line the entry stands
	gone := map[int]bool{}
	for i, e := range entries {
		first := e.Place.Line
		last := first
		indent = lines[first-1][:strings.Index(lines[first-1], "-")]
		limit := len(lines)
		if i+1 < len(entries) {
			limit = entries[i+1].Place.Line - 1
		}
		for n := first + 1; n <= limit; n++ {
			rest := strings.TrimLeft(lines[n-1], " ")
			if rest != "" && len(lines[n-1])-len(rest) <= len(indent) {
				break
			}
			if rest != "" && !strings.HasPrefix(rest, "#") {
				last = n
			}
		}
		end = last
		if j := slices.IndexFunc(specs, func(have Spec) bool { return have.Place.Line == first }); j >= 0 && specs[j].same(s) {
			removed = append(removed, specs[j])
			for n := first; n <= last; n++ {
				gone[n] = true
			}
		}
	}
	var kept []string
	for n, line := range lines {
		if !gone[n+1] {
			kept = append(kept, line)
		}
		if n+1 == end {
			kept = append(kept, s.lines(indent)...)
		}
	}
	return []byte(strings.Join(kept, "\n") + "\n"), removed, nil
}

// lines are how an entry is written.
func (s Spec) lines(indent string) []string {
	switch {
	case s.Hub != "":
		version := strconv.Quote(strings.Join(s.Versions, ""))
		if len(s.Versions) != 1 {
			quoted := make([]string, len(s.Versions))
			for i, v := range s.Versions {
				quoted[i] = strconv.Quote(v)
			}
			version = "[" + strings.Join(quoted, ", ") + "]"
		}
		return []string{indent + "- package: " + s.Hub, indent + "  version: " + version}
	case s.Git != "" && s.Revision != "":
		return []string{indent + "- git: " + strconv.Quote(s.Git), indent + "  revision: " + strconv.Quote(s.Revision)}
	case s.Git != "":
		return []string{indent + "- git: " + strconv.Quote(s.Git)}
	default:
		return []string{indent + "- local: " + strconv.Quote(s.Local)}
	}
}

// same reports whether two entries name one package: hubs, repositories and
// folders write its name with hyphens or underscores.
func (s Spec) same(other Spec) bool {
	plain := func(of Spec) string { return strings.ToLower(strings.ReplaceAll(of.Folder(), "-", "_")) }
	return plain(s) == plain(other)
}

// Parse reads what a package is called on a command line: name@version of a hub
// or a repository, or a folder.
func Parse(source, text string) (Spec, error) {
	name, version := text, ""
	if i := strings.LastIndex(text, "@"); i > strings.LastIndexAny(text, "/:") && i > 0 && source != "local" {
		name, version = text[:i], text[i+1:]
	}
	switch source {
	case "hub":
		s := Spec{Hub: name}
		for _, v := range strings.Split(version, ",") {
			if v = strings.TrimSpace(v); v != "" {
				s.Versions = append(s.Versions, v)
			}
		}
		if !strings.Contains(name, "/") || len(s.Versions) == 0 {
			return s, diag.New("bad-flag", diag.Place{}, "--add-package %s is not a package of the hub with its version", text).
				WithHint("write --add-package dbt-labs/dbt_utils@1.3.0, a range as \">=1.0.0,<2.0.0\", or --source git or local")
		}
		return s, nil
	case "git":
		return Spec{Git: name, Revision: version}, nil
	case "local":
		return Spec{Local: text}, nil
	default:
		return Spec{}, fmt.Errorf("there is no source %s", source)
	}
}
