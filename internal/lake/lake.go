// Package lake is for what is stored: Iceberg tables and views, and the catalog
// that says which of their states readers see.
//
// A change is prepared in a stage: data files, manifests and a metadata file
// that no catalog row names, which makes a candidate. Committing candidates is
// one database transaction that compares and swaps their pointers.
//
//	            Build            Commit
//	NewStage ─► open ─► candidate ─► committed
//	              │         │  ▲
//	              │    Hold ▼  │ Commit
//	              │        held
//	              ▼         ▼
//	              dropped (Drop, a later Hold or Commit, Sweep of a dead run)
//
// It promises:
//
//  1. Readers see a state that a commit made, whole, or the one before. All
//     pointers that a [View] holds were read in one transaction.
//  2. A commit names the states that it builds on. When one of them moved,
//     nothing happens and the error is an [ErrConflict]; appends move along.
//  3. What a commit makes visible was synced before.
//  4. Every file lies below a prefix that was journaled before it was written,
//     so that [Lake.Sweep] can tell what is nobody's, and removes nothing else.
//  5. What has expired is removed by [Lake.Reclaim] and by nothing else, when
//     no state needs it that readers see, that history has, or that is held.
//  6. Other Iceberg tools can open the catalog and the tables as they are.
//
// Where somebody else keeps the catalog ([Options]), a view holds each state as
// of its first use, and what is published together is so as far as that catalog
// can; [Lake.Settle] ends what a process that died had begun.
//
// It leaves to others how rows become data files (write), how files become a
// relation (scan), and when a run is over (run).
package lake

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/apache/iceberg-go"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// CatalogName is the name under which other tools find the tables.
const CatalogName = "tarn"

// Errors that callers tell apart.
var (
	// ErrNotFound: there is no such table or view.
	ErrNotFound = errors.New("no such table")
	// ErrNoSnapshot: the table had no state at that time, or has none by that id.
	ErrNoSnapshot = errors.New("no such snapshot")
	// ErrConflict: somebody else changed the table in between; see [ConflictError].
	ErrConflict = errors.New("the table was changed by somebody else")
	// ErrStageGone: the stage is not in the state that the call needs; it was
	// dropped, swept, or committed already.
	ErrStageGone = errors.New("the stage is gone")
)

//go:embed migrations
var migrations embed.FS

// Options say where a lake is.
type Options struct {
	// DB holds the catalog.
	DB *metadb.DB
	// Store holds the files; its root is the warehouse.
	Store objstore.Store
	// Outside is a catalog that somebody else keeps: it has the tables, and DB
	// all the rest. nil is a catalog in DB.
	Outside *restcatalog.Client
	// Logger receives what is worth knowing later; nil discards it.
	Logger *slog.Logger
	// History says how much of their past tables keep that say nothing of it.
	History Expiry
}

// Lake is the tables of one catalog. It is safe for concurrent use.
type Lake struct {
	db    *metadb.DB
	store objstore.Store
	log   *slog.Logger
	cache *cache[*Table]
	// present is the catalog as it was when somebody looked last.
	present *metadb.Kept[present]
	// ours are locations that commits of ours have made current.
	ours *cache[bool]
	// lists are what lists of manifests say.
	lists *cache[[]iceberg.ManifestFile]
	// texts are those of snapshots, by the table's UUID.
	texts *cache[*snapshotTexts]
	// shapes are the schemas of data files that others wrote.
	shapes *cache[*schema.GroupNode]
	// outside is nil where DB has the catalog.
	outside outside
	// refusedTogether: outside can take several tables at once, and would not.
	refusedTogether atomic.Bool
	// history is for what is built here: what other engines send counts with
	// what the table says itself.
	history Expiry

	plain    plainForms
	unsynced unsynced
	turns    turns
	convoys  convoys
	rivals   rivals
	queue    queue
	loading  queue // of states, by location
}

// Open opens the lake, creating its catalog where there is none. A lake whose
// files were moved is refused: the locations inside them are absolute.
func Open(ctx context.Context, o Options) (*Lake, error) {
	l := &Lake{
		db: o.DB, store: o.Store, log: o.Logger, history: o.History,
		cache: newCache[*Table](cachedMetadata), lists: newCache[[]iceberg.ManifestFile](cachedLists),
		ours: newCache[bool](cachedLocations), texts: newCache[*snapshotTexts](cachedTexts), shapes: newCache[*schema.GroupNode](cachedShapes),
	}
	l.present = metadb.Keep(o.DB, l.readCatalog, l.readChanged)
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if o.Outside != nil {
		l.outside = &restOutside{l, o.Outside}
	}
	if err := Migrate(ctx, l.db); err != nil {
		return nil, fmt.Errorf("open the lake: %w", err)
	}
	err := l.db.Update(ctx, func(tx metadb.Tx) error {
		if err := l.claim(ctx, tx); err != nil {
			return err
		}
		return forgetOthers(ctx, tx)
	})
	if err != nil {
		return nil, fmt.Errorf("open the lake: %w", err)
	}
	return l, nil
}

// Migrate brings the lake's tables in the catalog database up to date.
func Migrate(ctx context.Context, db *metadb.DB) error {
	return db.MigrateFrom(ctx, "lake", migrations, "migrations")
}

// Used reports whether a catalog knows of a table, or knew of one.
func Used(ctx context.Context, db *metadb.DB) (yes bool, err error) {
	err = db.View(ctx, func(tx metadb.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM tarn_pointer) OR EXISTS (SELECT 1 FROM iceberg_tables)`).Scan(&yes)
	})
	return yes, err
}

// claim records where the lake's tables are kept, or checks that it is still
// there: a warehouse of its own, or somebody else's catalog.
func (l *Lake) claim(ctx context.Context, tx metadb.Tx) error {
	keeper, here := "warehouse", l.store.URI("")
	if l.outside != nil {
		keeper, here = "outside", l.outside.place()
	}
	if _, err := tx.Exec(ctx, `INSERT INTO tarn_lake (name, value)
		SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM tarn_lake WHERE name IN ('outside', 'warehouse'))
		ON CONFLICT (name) DO NOTHING`, keeper, here); err != nil {
		return err
	}
	var claimed, recorded string
	if err := tx.QueryRow(ctx, `SELECT name, value FROM tarn_lake WHERE name IN ('outside', 'warehouse')`).Scan(&claimed, &recorded); err != nil {
		return err
	}
	switch {
	case claimed == keeper && recorded == here:
		return nil
	case claimed != keeper || l.outside != nil:
		return diag.New("catalog-changed", diag.Place{}, "the lake's records are of the tables of %s, and the catalog is now %s", recorded, here).
			WithHint("a lake belongs to one catalog: write catalog in tarn.yml as it was, or give this one a folder of its own: lake.path")
	}
	return diag.New("lake-moved", diag.Place{},
		"the lake was made at %s but is opened at %s; its tables record absolute locations and cannot be read here",
		recorded, here).WithHint("tarn debug --relocate makes it readable where it is; or move it back to %s", recorded)
}
