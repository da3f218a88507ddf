package crawl

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/locate"
)

// varying are the parts of names that differ between the files of one table,
// the longest first: identifiers, dates with or without time, numbers.
var varying = regexp.MustCompile(`[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}` +
	`|\d{4}[-_.]?\d{2}[-_.]?\d{2}(?:[T_-]?\d{2}[-_:.]?\d{2}(?:[-_:.]?\d{2})?Z?)?` +
	`|\d{4}[-_]\d{2}|\d+`)

// partition is a folder such as day=2024-01-31.
var partition = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=[^/]*$`)

// compressions are endings that say how a file is compressed, not what it is.
var compressions = []string{".gz", ".zst", ".bz2", ".xz"}

// mark stands for a varying part in a shape.
const mark = "\x00"

// cluster are files that seem to belong to one table: their names differ only
// in what varies.
type cluster struct {
	// shape is the name with a mark for each varying part.
	shape string
	files []locate.File
	// endings are how the files are compressed; "" is not at all.
	endings map[string]bool
}

// group puts files together that belong to one table.
func group(files []locate.File) []*cluster {
	byShape := map[string]*cluster{}
	var all []*cluster
	for _, f := range files {
		name, ending := f.Name, ""
		for _, e := range compressions {
			if strings.HasSuffix(strings.ToLower(name), e) {
				name, ending = name[:len(name)-len(e)], name[len(name)-len(e):]
				break
			}
		}
		s := shape(name)
		g := byShape[s]
		if g == nil {
			g = &cluster{shape: s, endings: map[string]bool{}}
			byShape[s] = g
			all = append(all, g)
		}
		g.files = append(g.files, f)
		g.endings[ending] = true
	}
	slices.SortFunc(all, func(a, b *cluster) int { return cmp.Compare(a.shape, b.shape) })
	return all
}

// shape marks what varies in a name; in folders only dates, numbers that are a
// whole name, and partitions.
func shape(name string) string {
	parts := strings.Split(name, "/")
	last := len(parts) - 1
	for i, part := range parts[:last] {
		if m := partition.FindStringSubmatch(part); m != nil {
			parts[i] = m[1] + "=" + mark
		} else if varying.FindString(part) == part && part != "" {
			parts[i] = mark
		}
	}
	ending := path.Ext(parts[last])
	stem := strings.TrimSuffix(parts[last], ending)
	parts[last] = varying.ReplaceAllString(stem, mark) + ending
	return strings.Join(parts, "/")
}

// pattern is the shape as a path.
func (g *cluster) pattern() string {
	if len(g.files) == 1 {
		return g.files[0].Name
	}
	p := strings.ReplaceAll(escape(g.shape), mark, "*")
	switch {
	case len(g.endings) > 1 && g.endings[""]:
		p += "*"
	case len(g.endings) > 1:
		p += ".*"
	default:
		for e := range g.endings {
			p += e
		}
	}
	return p
}

// escape keeps characters that mean something in patterns to themselves.
func escape(name string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}

// paths lead to the files of the group and, of all that were met, to no others:
// one pattern, a narrower one where that leads to more, else each by its name.
func (g *cluster) paths(all []locate.File) []string {
	if len(g.files) == 1 {
		return []string{escape(g.files[0].Name)}
	}
	own := map[string]bool{}
	for _, f := range g.files {
		own[f.Name] = true
	}
	wide := g.pattern()
	for _, p := range []string{wide, strings.ReplaceAll(wide, "*", "[0-9]*")} {
		if !slices.ContainsFunc(all, func(f locate.File) bool { return !own[f.Name] && matches(p, f.Name) }) {
			return []string{p}
		}
	}
	var names []string
	for _, f := range g.files {
		names = append(names, escape(f.Name))
	}
	return names
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// evidence says why these files belong together.
func (g *cluster) evidence() []string {
	if len(g.files) == 1 {
		return nil
	}
	first, last := g.files[0].Name, g.files[len(g.files)-1].Name
	e := []string{fmt.Sprintf("%d files whose names differ only in dates or numbers, from %s to %s", len(g.files), first, last)}
	var keys []string
	for part := range strings.SplitSeq(path.Dir(g.shape), "/") {
		if m := partition.FindStringSubmatch(strings.ReplaceAll(part, mark, "x")); m != nil {
			keys = append(keys, m[1])
		}
	}
	if len(keys) > 0 {
		e = append(e, "folders partition them by "+strings.Join(keys, ", ")+", which is in _tarn_file")
	}
	return e
}
