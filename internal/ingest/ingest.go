// Package ingest brings files into raw tables of the lake.
//
// It promises that every record of every file is accounted for: it is in the
// table, or in the table's quarantine with file, line, bytes and reasons, or
// counted as skipped with why. Table, quarantine, file ledger and the load's
// record move in one catalog transaction. Loading again loads only what is new
// or changed. Memory stays bounded whatever the files' size. It leaves to
// others how records of a format are read (connector), and when what was
// loaded is published.
package ingest

import (
	"context"
	"embed"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/internal/write"
)

// The columns that each raw row carries.
const (
	FileColumn     = "_tarn_file"
	LineColumn     = connector.LineColumn
	LoadColumn     = "_tarn_load_id"
	LoadedAtColumn = "_tarn_loaded_at"
)

//go:embed migrations
var migrations embed.FS

// Options are what an [Ingester] works with; all but Logger are needed.
type Options struct {
	DB      *metadb.DB
	Lake    *lake.Lake
	Writer  *write.Writer
	Formats []connector.Format
	Sources []connector.Source
	// Stdin is what the path "-" means; nil is none.
	Stdin io.Reader
	// Buckets opens the bucket at a URI such as s3://bucket; nil has none.
	Buckets func(ctx context.Context, uri string) (objstore.Store, error)
	// Secrets resolves references to secrets; nil has no place to look.
	Secrets *secret.Resolver
	// Scratch is the folder for temporary files; "" is the system's.
	Scratch string
	// Dir is the project's folder; paths are relative to it.
	Dir string
	// Threads is how many files are read at once.
	Threads int
	Logger  *slog.Logger
}

// Ingester loads files into tables.
type Ingester struct {
	db      *metadb.DB
	lake    *lake.Lake
	writer  *write.Writer
	formats []connector.Format
	sources []connector.Source
	secrets *secret.Resolver
	scratch string
	finder  *locate.Finder
	threads int
	log     *slog.Logger
}

// Migrate brings the ledger's tables in the catalog database up to date.
func Migrate(ctx context.Context, db *metadb.DB) error {
	return db.MigrateFrom(ctx, "ingest", migrations, "migrations")
}

// New returns an ingester; it brings the ledger's tables up to date.
func New(ctx context.Context, o Options) (*Ingester, error) {
	if err := Migrate(ctx, o.DB); err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Secrets == nil {
		o.Secrets = secret.NewResolver(nil)
	}
	return &Ingester{
		db: o.DB, lake: o.Lake, writer: o.Writer, formats: o.Formats, sources: o.Sources, secrets: o.Secrets, scratch: o.Scratch,
		finder:  &locate.Finder{Dir: o.Dir, Scratch: o.Scratch, Stdin: o.Stdin, Secrets: o.Secrets, Buckets: o.Buckets},
		threads: max(1, o.Threads), log: o.Logger,
	}, nil
}

// Progress tells how far a load is.
type Progress struct {
	Files, TotalFiles int64
	Bytes, TotalBytes int64
	Rows              int64
}

// FromFile is the word for what is read from files.
const FromFile = "file"

// FormatOption chooses the format; every other option is the format's own.
const FormatOption = "format"

// format finds the format of a table's files: the declared one, or the one
// that all paths end like.
func (in *Ingester) format(def *project.Ingest) (connector.Format, error) {
	if len(def.Paths) == 0 {
		return nil, diag.New("missing-key", def.Place, "there is no path: nothing says which files to read").WithHint("write path: data/*.csv")
	}
	names := make([]string, len(in.formats))
	for i, f := range in.formats {
		names[i] = f.Name()
	}
	o, declared := def.Options[FormatOption]
	name, _ := o.Value.(string)
	if !declared {
		return in.formatByEnding(def, names)
	}
	if i := slices.Index(names, name); i >= 0 {
		return in.formats[i], nil
	}
	return nil, diag.New("unknown-format", o.Place, "unknown format %q", name).WithHint("%s", nearName(name, names))
}

// formatByEnding finds the format that the paths of a table end like.
func (in *Ingester) formatByEnding(def *project.Ingest, names []string) (connector.Format, error) {
	var format connector.Format
	for _, path := range def.Paths {
		next := connector.ByEnding(in.formats, locate.Ending(path))
		if next == nil || format != nil && next.Name() != format.Name() {
			return nil, diag.New("unknown-format", def.Place, "the format of %s does not follow from its name", path).
				WithHint("declare it, format: %s", strings.Join(names, " | "))
		}
		format = next
	}
	return format, nil
}
