package project

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template"
)

var (
	docsBlock = regexp.MustCompile(`(?s)\{%[-+]?\s*docs\s+([A-Za-z_][A-Za-z0-9_]*)\s*[-+]?%\}(.*?)\{%[-+]?\s*enddocs\s*[-+]?%\}`)
	docCall   = regexp.MustCompile(`\{\{-?\s*doc\(\s*(?:(?:'([^']*)'|"([^"]*)")\s*,\s*)?(?:'([^']*)'|"([^"]*)")\s*\)\s*-?\}\}`)
)

// docs are the blocks of the Markdown files: name → package → block.
type docs map[string]map[string]*DocBlock

// find returns the block that doc(pkg, name) means in a file of a package.
func (d docs) find(root, from, pkg, name string) *DocBlock {
	if found := pick(d[name], newIndex().search(root, from, pkg)); len(found) > 0 {
		return found[0]
	}
	return nil
}

// readDocs reads the `docs` blocks of the Markdown files.
func (l *loader) readDocs() {
	for _, k := range l.packs {
		for _, p := range k.found.docs {
			text, err := k.text(p)
			if err != nil {
				l.problems.Add(unreadable(p, err))
				continue
			}
			for _, m := range docsBlock.FindAllSubmatch(text, -1) {
				l.addDoc(k, p, string(m[1]), strings.TrimSpace(string(m[2])))
			}
		}
	}
	l.project.docs = l.docs
	blocks := l.project.DocBlocks
	slices.SortFunc(blocks, func(a, b *DocBlock) int { return cmp.Compare(a.ID, b.ID) })
}

func (l *loader) addDoc(k *pack, path, name, text string) {
	block := &DocBlock{ID: "doc." + k.Name + "." + name, Name: name, Package: k.Name, Path: path, Text: text}
	if first := l.docs[name][k.Name]; first != nil {
		l.problems.Warnf("duplicate-doc", diag.Place{File: path, Line: 1}, "the `docs` block `%s` is there twice, first in %s", name, first.Path).
			WithHint("rename one of the two")
		return
	}
	if l.docs[name] == nil {
		l.docs[name] = map[string]*DocBlock{}
	}
	l.docs[name][k.Name] = block
	l.project.DocBlocks = append(l.project.DocBlocks, block)
}

// withDocs puts the blocks that a description names into it, and returns their
// ids.
func (f *file) withDocs(text string, place diag.Place) (described string, blocks []string) {
	if !hasTemplate(text) {
		return text, nil
	}
	out := docCall.ReplaceAllStringFunc(text, func(call string) string {
		m := docCall.FindStringSubmatch(call)
		pkg, name := m[1]+m[2], m[3]+m[4]
		block := f.docs.find(f.root, f.pack.Name, pkg, name)
		if block == nil {
			p := f.problems.Warnf("unknown-doc", place, "no `docs` block is called `%s`", name)
			if near := ident.Near(name, slices.Sorted(maps.Keys(f.docs))); len(near) > 0 {
				p.WithHint("did you mean `%s`?", near[0])
			}
			return ""
		}
		if !slices.Contains(blocks, block.ID) {
			blocks = append(blocks, block.ID)
		}
		return block.Text
	})
	if hasTemplate(out) {
		out = f.rendered(out, place)
	}
	return strings.TrimSuffix(out, "\n"), blocks // as Jinja does
}

// rendered renders what else a description has, that of blocks included. One
// that is no template stays as it is.
func (f *file) rendered(text string, place diag.Place) string {
	v, err := template.RenderYAML(text, f.context.context(f.path, ident.Table{}, nil))
	if err != nil {
		found := at(place, err)
		found.Severity = diag.Warning
		f.problems.Add(found)
		return text
	}
	return plainText(v)
}
