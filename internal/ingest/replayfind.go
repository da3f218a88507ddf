package ingest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
)

// find lists the files whose records are read again, with what the ledger kept
// of them.
func (p *replaying) find(ctx context.Context) error {
	counts, err := p.j.in.countByFile(ctx, p.j.quarantineBase, "true")
	if err != nil {
		return err
	}
	byFile := editsByFile(p.Edits)
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if p.Edits != nil && byFile[name] == nil {
			continue
		}
		state, known := p.j.known[name]
		format, context, _ := bytes.Cut(state.context, []byte{0})
		switch {
		case !known:
			p.note("%s is not in the ledger: its %d records stay in quarantine", name, counts[name])
		case !state.hasContext:
			p.note("%s was loaded before what reading its records alone takes was kept; load it again, or all files with --full-refresh", name)
		case string(format) != p.format.Name():
			p.note("%s was loaded as %s, and the format is %s now: load all files again with --full-refresh", name, format, p.format.Name())
		default:
			p.files = append(p.files, &replayFile{name: name, context: context, state: state, edits: byFile[name]})
		}
		delete(byFile, name)
	}
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		p.gone(name, byFile[name].left())
	}
	return nil
}

func (p *replaying) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// gone tells that edits are of records that are not in quarantine.
func (p *replaying) gone(file string, edits []*Edit) {
	for i, e := range edits {
		if i == shownOfReplay {
			p.note("and %d more of %s", len(edits)-i, file)
			return
		}
		p.note("%s:%d is not in quarantine as it was exported: it was restored or discarded meanwhile, or its file was loaded anew", file, e.Line)
	}
}
