package app

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/project"
)

// DiscardRequest says which quarantined records to throw away.
type DiscardRequest struct {
	Table string
	ingest.Discard
}

// treat says what becomes of quarantined records, where the request is about
// those: a replay names a table, or a file with records that were exported.
func (a *App) treat(r BuildRequest, o *build.Options) error {
	switch {
	case r.Discard != nil:
		source, err := a.ingested(r.Discard.Table)
		if err != nil {
			return err
		}
		o.IDs, o.Discards = []string{source.ID}, map[string]*ingest.Discard{source.ID: &r.Discard.Discard}
		return nil
	case r.Replay == "":
		return nil
	}
	o.Replays = map[string]*ingest.Replay{}
	source, err := a.ingested(r.Replay)
	if err == nil {
		o.IDs = []string{source.ID}
		o.Replays[source.ID] = &ingest.Replay{}
		return nil
	}
	f, opened := os.Open(r.Replay)
	if errors.Is(opened, fs.ErrNotExist) {
		var p *diag.Problem
		if errors.As(err, &p) {
			p.Message = fmt.Sprintf("%s is neither a raw table nor a file", r.Replay)
		}
		return err
	}
	if opened != nil {
		return diag.New("unreadable-file", diag.Place{File: r.Replay}, "cannot read it: %v", opened).WithCause(opened)
	}
	defer f.Close()
	edits, err := ingest.ReadEdits(r.Replay, f)
	if err != nil {
		return err
	}
	if len(edits) == 0 {
		return diag.New("bad-replay", diag.Place{File: r.Replay}, "the file holds no records").
			WithHint("give back what tarn quarantine export wrote, with raw edited")
	}
	for _, table := range slices.Sorted(maps.Keys(edits)) {
		source, err := a.ingested(table)
		if err != nil {
			return err
		}
		o.IDs = append(o.IDs, source.ID)
		o.Replays[source.ID] = &ingest.Replay{Edits: edits[table], Reason: "edited: " + r.Replay}
	}
	return nil
}

// ingested finds a raw table of the project by what a person typed.
func (a *App) ingested(name string) (*project.Resource, error) {
	var names []string
	t, parseErr := ident.ParseTable(name)
	for _, r := range a.project.Resources {
		if r.Ingest == nil {
			continue
		}
		if parseErr == nil && (r.Relation.Key() == t.Key() || r.Quarantine().Key() == t.Key()) {
			return r, nil
		}
		names = append(names, r.Relation.String())
	}
	p := diag.New("unknown-table", diag.Place{}, "%s is no raw table of the project", name).WithHint("tarn ls --resource-type source lists them")
	if near := ident.Near(name, names); len(near) > 0 {
		p.WithHint("did you mean %s?", near[0])
	}
	return nil, p
}
