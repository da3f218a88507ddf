package lake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Stage is a place for files that no pointer names. It belongs to one step of
// one run and holds one candidate at most.
type Stage struct {
	lake *Lake
	row  stageRow
	dir  string
	// renamed: the pointer that the candidate expects is not that of its base.
	renamed bool
	// home is where the table will lie, if somebody else's catalog says so; ""
	// follows from its name.
	home string
}

// NewStage journals the prefixes of a new stage and makes its folder. The row
// outlives the process; see decision 0015 for what a power failure does.
func (l *Lake) NewStage(ctx context.Context, run, step string, t ident.Table) (*Stage, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("stage %s: %w", t, err)
	}
	home, data, metadata, err := l.stageHome(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("stage %s: %w", t, err)
	}
	s := &Stage{lake: l, home: home, row: stageRow{
		ID: id.String(), Run: run, Step: step, Name: t, State: stateOpen,
		DataPrefix: data + "/" + id.String(), MetadataPrefix: metadata + "/" + id.String(),
	}}
	if err := l.db.Note(ctx, func(tx metadb.Tx) error { return insertStage(ctx, tx, s.row) }); err != nil {
		return nil, fmt.Errorf("stage %s: %w", t, err)
	}
	failpoint.Hit("lake.stage-journaled")
	if dir, local := l.store.LocalPath(s.row.DataPrefix); local {
		s.dir = dir
		if err := makeFolder(dir); err != nil {
			return nil, fmt.Errorf("stage %s: %w", t, err)
		}
	}
	return s, nil
}

// folderAttempts is how often a folder is made again that a sweep nearby has
// removed as empty in between.
const folderAttempts = 10

func makeFolder(dir string) (err error) {
	for range folderAttempts {
		if err = os.MkdirAll(dir, 0o755); err == nil {
			return nil
		}
	}
	return err
}

// ID returns the stage's own id, the last part of its prefixes.
func (s *Stage) ID() string { return s.row.ID }

// Table returns the table that the stage is for.
func (s *Stage) Table() ident.Table { return s.row.Name }

// DataDir returns the folder that the engine writes data files into; "" where
// the store is not on this machine.
func (s *Stage) DataDir() string { return s.dir }

// MakeDataDir returns DataDir and makes sure that it is there: a stage that was
// built before may have lost it with its last file.
func (s *Stage) MakeDataDir() (string, error) {
	if s.dir == "" {
		return "", nil
	}
	if err := makeFolder(s.dir); err != nil {
		return "", fmt.Errorf("stage %s: %w", s.row.Name, err)
	}
	return s.dir, nil
}

// DataPrefix returns the prefix of the data files' names in the store.
func (s *Stage) DataPrefix() string { return s.row.DataPrefix }

// Rename makes what the stage holds, or will hold, the next state of another
// name, in the place of what readers see there; nil is nothing. Its files stay
// where they are.
func (s *Stage) Rename(ctx context.Context, to ident.Table, published *Table) error {
	base := ""
	if published != nil {
		base = published.location
	}
	err := s.lake.db.Update(ctx, func(tx metadb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE tarn_stage SET namespace = ?, name = ?, table_key = ?, base = ? WHERE id = ? AND state IN (?, ?)`,
			to.Namespace, to.Name, to.Key(), base, s.row.ID, stateOpen, stateCandidate)
		if err == nil && n == 0 {
			err = stageGone(ctx, tx, s.row.ID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("rename the stage of %s to %s: %w", s.row.Name, to, err)
	}
	s.row.Name, s.row.Base, s.renamed = to, base, true
	return nil
}

// Candidate returns what the stage holds; nil is nothing yet.
func (s *Stage) Candidate() *Candidate {
	if s.row.State != stateCandidate {
		return nil
	}
	return s.row.candidate()
}

// newHome returns where a new table lies whose files the stage has.
func (s *Stage) newHome() string {
	if s.home != "" {
		return s.home
	}
	return s.lake.store.URI(tableFolder(s.row.Name))
}

// Drop gives the stage up and removes its files. Dropping twice is fine; a
// committed stage is an [ErrStageGone]. One of which nobody can say whether it
// was committed is left alone: [Lake.Settle] finds out.
func (s *Stage) Drop(ctx context.Context) error {
	sent := false
	err := s.lake.db.Update(ctx, func(tx metadb.Tx) error {
		_, err := setState(ctx, tx, s.row.ID, stateDropped, stateOpen, stateCandidate, stateHeld)
		if err != nil {
			return err
		}
		rows, err := stages(ctx, tx, `id = ? AND state IN (?, ?)`, s.row.ID, stateCommitted, stateSent)
		if err == nil && len(rows) > 0 {
			if sent = rows[0].State == stateSent; !sent {
				err = stageGone(ctx, tx, s.row.ID)
			}
		}
		return err
	})
	if err == nil && !sent {
		err = s.lake.removeStage(ctx, s.row)
	}
	if err != nil {
		return fmt.Errorf("drop the stage of %s: %w", s.row.Name, err)
	}
	return nil
}

// tableFolder returns the folder of a table in the warehouse.
func tableFolder(t ident.Table) string { return folderName(t.Namespace) + "/" + folderName(t.Name) }

// NamespaceLocation is the folder that has the folders of a namespace's tables.
func (l *Lake) NamespaceLocation(name string) string { return l.store.URI(folderName(name)) }

// folderName makes a name safe for file systems, for URIs that nobody escapes,
// and for readers that take "a=b" in a path for a column. What is changed ends
// in a digest, so that no two names share a folder.
func folderName(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			b.WriteRune(r)
		case r == '.' && b.Len() > 0:
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	const longest = 100
	safe := b.String()
	if safe == name && len(safe) <= longest {
		return safe
	}
	digest := sha256.Sum256([]byte(name))
	return safe[:min(len(safe), longest)] + "~" + hex.EncodeToString(digest[:6])
}
