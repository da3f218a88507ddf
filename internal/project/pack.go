package project

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/ignore"
)

// pack is a package while it is being loaded.
type pack struct {
	*Package
	layout layout
	trees  map[Kind]*configTree
	found  found
	ignore ignore.Rules
	isRoot bool
	hooks  map[string][]hookText // by key: on-run-start, on-run-end
	vars   map[string]any        // as declared
}

// hookText is an entry of on-run-start or on-run-end.
type hookText struct {
	sql   string
	place diag.Place
}

// shown returns a path within the package as messages and resources have it.
func (k *pack) shown(inner string) string { return path.Join(k.Dir, inner) }

// inner is the reverse of shown.
func (k *pack) inner(shown string) string {
	if k.Dir == "" {
		return shown
	}
	return strings.TrimPrefix(shown, k.Dir+"/")
}

func (k *pack) read(shown string) ([]byte, error) { return fs.ReadFile(k.fsys, k.inner(shown)) }

// text reads a file of text, without the mark that some editors put first.
func (k *pack) text(shown string) ([]byte, error) {
	raw, err := k.read(shown)
	if err != nil {
		return nil, err
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	for rest, at := raw, (diag.Place{File: shown, Line: 1, Column: 1}); len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		switch {
		case r == 0, r == utf8.RuneError && n == 1:
			return nil, diag.New("not-text", at, "the file is not UTF-8 text").WithHint("save the file as UTF-8")
		case r == '\n':
			at.Line, at.Column = at.Line+1, 1
		default:
			at.Column++
		}
		rest = rest[n:]
	}
	return raw, nil
}

// fileOf returns the package that a file belongs to, and the file's path in it.
func (p *Project) fileOf(shown string) (owner *Package, inner string) {
	owner, inner = p.Packages[0], shown
	best := -1
	for _, k := range p.Packages[1:] {
		if rest, ok := strings.CutPrefix(shown, k.Dir+"/"); ok && len(k.Dir) > best {
			owner, inner, best = k, rest, len(k.Dir)
		}
	}
	return owner, inner
}

// pack returns the package with the given name, nil where there is none.
func (l *loader) pack(name string) *pack {
	for _, k := range l.packs {
		if k.Name == name {
			return k
		}
	}
	return nil
}
