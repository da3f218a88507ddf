package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
	"github.com/tarn-lake/tarn/internal/project"
)

// loadFiles finds the table's files and loads what is new.
func (j *job) loadFiles(ctx context.Context) (*Load, error) {
	options := fileOptions(j.def)
	if err := ResolveSecrets(ctx, j.in.secrets, locate.Options(), options); err != nil {
		return nil, err
	}
	settings, err := connector.CheckOptions(locate.Options(), options)
	if err != nil {
		return nil, err
	}
	j.limits = locate.Limits(settings)
	found, err := j.in.finder.Find(ctx, locate.Query{
		Paths: j.def.Paths, Place: j.def.Place, Settings: settings, Known: j.knownFiles(), Fetched: j.fetched(),
	})
	if err != nil {
		return nil, err
	}
	if len(found.Files) == 0 && (j.base == nil || j.complete()) {
		return nil, errors.Join(nothingFound(j.table, j.def.Paths, j.def.Place), found.Close())
	}
	load, err := j.untilItFits(ctx, found.Files)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("load %s: %w", j.table, err), found.Close())
	}
	if err := found.Close(); err != nil {
		return nil, errors.Join(err, load.Drop(context.WithoutCancel(ctx)))
	}
	load.Notes = append(found.Notes, load.Notes...)
	return load, nil
}

// knownFiles is what the ledger knows of files that need not be fetched again.
func (j *job) knownFiles() map[string]locate.Known {
	known := map[string]locate.Known{}
	for name, s := range j.known {
		if s.version != "" {
			known[name] = locate.Known{Size: s.size, Version: s.version}
		}
	}
	return known
}

// fetched tells the progress of what must arrive before it can be read.
func (j *job) fetched() func(int) {
	if j.request.Progress == nil {
		return nil
	}
	var bytes atomic.Int64
	return func(n int) { j.request.Progress(Progress{Bytes: bytes.Add(int64(n))}) }
}

// fileOptions are the options that are about files whatever their format.
func fileOptions(def *project.Ingest) map[string]connector.Option {
	options := map[string]connector.Option{}
	for name, o := range def.Options {
		if isFileOption(name) {
			options[name] = connector.Option{Value: o.Value, Place: o.Place}
		}
	}
	return options
}

func isFileOption(name string) bool {
	return slices.ContainsFunc(locate.Options(), func(o connector.OptionSpec) bool { return o.Name == name })
}

// nothingFound says that the paths led to no file.
func nothingFound(t ident.Table, paths []string, place diag.Place) error {
	return diag.New("no-files", place, "%s has nothing to load: no file matches %s", t, strings.Join(paths, " or ")).
		WithHint("paths are relative to the project's folder; check the spelling, or put the files there first")
}
