package project

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

var (
	docsBlock = regexp.MustCompile(`(?s)\{%-?\s*docs\s+([A-Za-z_][A-Za-z0-9_]*)\s*-?%\}(.*?)\{%-?\s*enddocs\s*-?%\}`)
	docCall   = regexp.MustCompile(`\{\{-?\s*doc\(\s*(?:(?:'[^']*'|"[^"]*")\s*,\s*)?(?:'([^']*)'|"([^"]*)")\s*\)\s*-?\}\}`)
)

// readDocs reads the `docs` blocks of the Markdown files.
func (l *loader) readDocs() {
	l.docs = map[string]string{}
	for _, p := range l.found.docs {
		text, err := fs.ReadFile(l.fsys, p)
		if err != nil {
			l.problems.Add(unreadable(p, err))
			continue
		}
		for _, m := range docsBlock.FindAllSubmatch(text, -1) {
			l.docs[string(m[1])] = strings.TrimSpace(string(m[2]))
		}
	}
}

// withDocs puts the blocks that a description names into it.
func (f *file) withDocs(text string, place diag.Place) string {
	if !strings.Contains(text, "doc(") {
		return strings.TrimSpace(text)
	}
	out := docCall.ReplaceAllStringFunc(text, func(call string) string {
		m := docCall.FindStringSubmatch(call)
		name := m[1] + m[2]
		block, ok := f.docs[name]
		if !ok {
			known := slices.Sorted(maps.Keys(f.docs))
			p := f.problems.Warnf("unknown-doc", place, "no `docs` block is called `%s`", name)
			if near := ident.Near(name, known); len(near) > 0 {
				p.WithHint("did you mean `%s`?", near[0])
			}
		}
		return block
	})
	return strings.TrimSpace(out)
}
