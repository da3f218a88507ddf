package ingest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ident"
)

// find lists the files whose records are read again, with what the ledger kept
// of them.
func (p *replaying) find(ctx context.Context) error {
	counts, err := p.j.in.countByFile(ctx, p.j.quarantineBase, "true")
	if err != nil {
		return err
	}
	met, err := p.metByFile(ctx)
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
			p.files = append(p.files, &replayFile{name: name, context: context, state: state, met: met[name], edits: byFile[name]})
		}
		delete(byFile, name)
	}
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		p.gone(name, byFile[name].left())
	}
	return nil
}

// metByFile is when the quarantined records of each file were met. The ledger
// tells when a file was last looked at, which may be later.
func (p *replaying) metByFile(ctx context.Context) (map[string]time.Time, error) {
	met := map[string]time.Time{}
	err := p.j.in.writer.Look(ctx, p.j.quarantineBase, func(from string) string {
		return fmt.Sprintf("SELECT CAST(%s AS VARCHAR), max(%s) FROM %s GROUP BY 1", ident.Quote(FileColumn), ident.Quote(LoadedAtColumn), from)
	}, func(b arrow.RecordBatch) error {
		files, ok1 := b.Column(0).(*array.String)
		times, ok2 := b.Column(1).(*array.Timestamp)
		if !ok1 || !ok2 {
			return fmt.Errorf("the files of %s come as %v", p.j.quarantineBase.Name(), b.Schema())
		}
		for i := range int(b.NumRows()) {
			met[strings.Clone(files.Value(i))] = time.UnixMicro(int64(times.Value(i))).UTC()
		}
		return nil
	})
	return met, err
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
