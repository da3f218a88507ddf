package project

import (
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/template"
)

var jinjaComment = regexp.MustCompile(`(?s)\{#.*?#\}`)

// snapshots lists the snapshots of a package: blocks in files, and those that
// properties files declare with `relation`.
func (l *loader) snapshots(k *pack) []*draft {
	var out []*draft
	for _, p := range k.found.snapshots {
		raw, err := k.text(p)
		if err != nil {
			l.problems.Add(unreadable(p, err))
			continue
		}
		out = append(out, l.snapshotBlocks(k, p, string(raw))...)
	}
	for _, d := range l.declared.patches {
		if d.pack == k && d.relation.value != nil {
			out = append(out, l.snapshotOf(d))
		}
	}
	return out
}

// snapshotBlocks finds the blocks of a file. What stands beside them means
// nothing.
func (l *loader) snapshotBlocks(k *pack, path, text string) []*draft {
	blocks, problems := template.Blocks(path, text, "snapshot")
	for _, p := range problems {
		l.problems.Add(p)
	}
	var out []*draft
	for _, b := range blocks {
		d := k.draft(KindSnapshot, path, append(folders(k.inner(path), k.layout.snapshots), stem(path)), b.Name)
		d.resource.Place, d.resource.SQLPlace = b.Place, b.Start
		d.resource.SQL = b.Text
		d.resource.Checksum = checksum([]byte(strings.TrimSpace(text)))
		out = append(out, d)
	}
	if len(out)+len(problems) == 0 && strings.TrimSpace(jinjaComment.ReplaceAllString(text, "")) != "" {
		l.problems.Warnf("no-snapshot", diag.Place{File: path, Line: 1, Column: 1}, "the file has no snapshot").
			WithHint("write it as {%% snapshot name %%} … {%% endsnapshot %%}")
	}
	return out
}

// snapshotOf is a snapshot that says what it is of in a properties file.
func (l *loader) snapshotOf(p *patch) *draft {
	inner := p.pack.inner(p.path)
	d := p.pack.draft(KindSnapshot, p.path, folders(inner, p.pack.layout.roots()), p.name)
	d.resource.Place = p.place
	relation, _ := p.relation.value.(string)
	d.resource.SQL = "select * from " + expression(relation)
	d.resource.SQLPlace = p.relation.place
	d.resource.Checksum = checksumOf(d.resource.SQL)
	return d
}

// placeIn is the place of a byte of a text.
func placeIn(path, text string, offset int) diag.Place {
	line := strings.Count(text[:offset], "\n") + 1
	column := offset - strings.LastIndexByte(text[:offset], '\n')
	return diag.Place{File: path, Line: line, Column: column}
}
