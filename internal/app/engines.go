package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/ingest/all"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/s3"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/transform"
	"github.com/tarn-lake/tarn/internal/write"
)

// engines are the two instances of the embedded engine and what works on them:
// people's statements run on the reader, which is locked down; what Tarn
// generates runs on the writer.
type engines struct {
	reader engine.Engine
	writer engine.Engine
	// own are the readers of those who have memory for themselves.
	own  *ownEngines
	gate *gate.Gate
	// compiler and scope compile texts outside of runs.
	compiler *transform.Transformer
	scope    gate.Scope
}

// threads is how much may run at once.
func (a *App) threads() int {
	if n := a.config.Engine.Threads; n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// query opens the gate, once: all that a query needs.
func (a *App) query(ctx context.Context) (*gate.Gate, error) {
	if a.engines == nil {
		a.engines = &engines{}
	}
	e := a.engines
	if e.gate != nil {
		return e.gate, nil
	}
	warehouse := filepath.Join(a.config.LakeDir(), "warehouse")
	if a.config.Catalog.IsREST() {
		s, err := a.open(ctx)
		if err != nil {
			return nil, err
		}
		warehouse = s.warehouse
	}
	err := os.MkdirAll(warehouse, 0o755)
	if err != nil {
		return nil, err
	}
	open := func(ctx context.Context, memory int64, spill string) (engine.Engine, error) {
		return duckdb.Open(ctx, engine.Options{
			Class: engine.Reader, MemoryLimit: memory, Threads: a.threads(),
			SpillDir: filepath.Join(a.config.SpillDir(), spill), AllowedDirs: []string{warehouse},
		})
	}
	if e.reader, err = open(ctx, a.memory(), "read"); err != nil {
		return nil, err
	}
	e.own = newOwnEngines(a.config.Serve.Limits, open, a.options.Logger)
	e.gate, err = gate.New(gate.Options{Reader: e.reader, Own: e.own.of, Policies: a.bound, Database: a.databaseName(), Logger: a.options.Logger})
	return e.gate, err
}

// memory is the limit of one instance: both together, and the buffers between
// them, stay within what was allowed.
func (a *App) memory() int64 { return int64(a.config.Engine.Memory) * 2 / 5 }

// writer opens the instance that writes, once.
func (a *App) writer(ctx context.Context, s *stores) (_ *write.Writer, err error) {
	if a.engines.writer == nil {
		a.engines.writer, err = duckdb.Open(ctx, engine.Options{
			Class: engine.Writer, MemoryLimit: a.memory(), Threads: a.threads(),
			SpillDir: filepath.Join(a.config.SpillDir(), "write"), Functions: write.Functions(),
		})
		if err != nil {
			return nil, err
		}
	}
	return write.New(s.lake, a.engines.writer), nil
}

// parts are what builds a project.
type parts struct {
	ingester    *ingest.Ingester
	transformer *transform.Transformer
	judge       *quality.Judge
}

// parts opens everything.
func (a *App) parts(ctx context.Context) (*parts, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	p, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	g, err := a.query(ctx)
	if err != nil {
		return nil, err
	}
	writer, err := a.writer(ctx, s)
	if err != nil {
		return nil, err
	}
	in, err := ingest.New(ctx, ingest.Options{
		DB: s.catalog, Lake: s.lake, Writer: writer, Formats: all.Formats(), Sources: all.Sources(),
		Secrets: a.secrets(), Scratch: a.scratch(), Dir: a.options.Dir, Stdin: a.options.Stdin, Buckets: buckets, Threads: a.threads(), Logger: a.options.Logger,
	})
	if err != nil {
		return nil, err
	}
	t := &transform.Transformer{Gate: g, Writer: writer, Project: p, Who: a.owner(), Describer: a.describer(p), Context: a.context(p), Python: a.python(), Print: a.options.Print}
	return &parts{
		ingester: in, transformer: t,
		judge: &quality.Judge{Gate: g, Project: p, Who: a.owner(), Compile: t.TestStatement, WarnIsError: a.options.Warnings.Of("warned-test") == diag.Promote, Relation: func(r *project.Resource) string { return t.Relation(r).String() }},
	}, nil
}

// buckets opens a bucket in S3.
func buckets(ctx context.Context, uri string) (objstore.Store, error) { return s3.New(ctx, uri) }

func (e *engines) close() error {
	var errs []error
	for _, instance := range []engine.Engine{e.reader, e.writer} {
		if instance != nil {
			errs = append(errs, instance.Close())
		}
	}
	if e.own != nil {
		errs = append(errs, e.own.close())
	}
	return errors.Join(errs...)
}

// compiler compiles texts on what is published; it is opened once.
func (a *App) compiler(ctx context.Context) (*transform.Transformer, gate.Scope, error) {
	if a.engines != nil && a.engines.compiler != nil {
		return a.engines.compiler, a.engines.scope, nil
	}
	p, _, err := a.Project()
	if err != nil {
		return nil, nil, err
	}
	g, err := a.query(ctx)
	if err != nil {
		return nil, nil, err
	}
	scope, err := a.scope(ctx, "", "")
	if err != nil {
		return nil, nil, err
	}
	deferred, err := a.deferred(ctx, BuildRequest{Deferral: a.options.Deferral}, nil)
	if err != nil {
		return nil, nil, err
	}
	a.engines.compiler, a.engines.scope = &transform.Transformer{Gate: g, Project: p, Who: a.owner(), Describer: a.describer(p), Context: a.context(p), Deferred: deferred}, scope
	return a.engines.compiler, a.engines.scope, nil
}
