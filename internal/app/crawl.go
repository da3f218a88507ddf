package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/ingest/all"
	"github.com/tarn-lake/tarn/internal/ingest/crawl"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// CrawlRequest says where to look.
type CrawlRequest struct {
	Paths []string
	// Source is the name of the source that the tables go into; "" makes one of
	// the first path.
	Source string
	// From is a source to list instead of files, "" for files; then Options are
	// its options and Paths patterns of table names.
	From    string
	Options []crawl.Setting
	// Write adds new tables to an ingest file that is there already.
	Write    bool
	Progress func(done, total int)
}

// Crawled is what was found, and what became of it.
type Crawled struct {
	*crawl.Proposal
	// Source and File are what new tables are, or would be, declared in.
	Source, File string
	// Text is what is new in the file; Written whether it stands there.
	Text    string
	Written bool
}

// Crawl looks at files and proposes how to load them. The first time it writes
// the ingest file; where there is one, it says what is new.
func (a *App) Crawl(ctx context.Context, r CrawlRequest) (*Crawled, error) {
	if r.From != "" {
		return a.crawlSource(ctx, r)
	}
	known, err := a.known(ctx)
	if err != nil {
		return nil, err
	}
	crawler := &crawl.Crawler{Finder: a.finder(), Formats: all.Formats()}
	p, err := crawler.Crawl(ctx, crawl.Query{Paths: r.Paths, Known: known, Progress: r.Progress})
	if err != nil {
		return nil, err
	}
	if p.Files == 0 {
		return nil, diag.New("no-files", diag.Place{}, "there is no file at %s", strings.Join(r.Paths, ", ")).
			WithHint("paths are relative to the project's folder; check the spelling")
	}
	source := crawl.Name(r.Source)
	if source == "" {
		source = sourceName(r.Paths[0])
	}
	c := &Crawled{Proposal: p, Source: source, File: project.IngestDir + "/" + source + ".yml"}
	return c, a.declare(c, r)
}

// words are what was asked for, as typed; options are left out.
func (r CrawlRequest) words() []string {
	if r.From == "" {
		return r.Paths
	}
	return append([]string{"--from", r.From}, r.Paths...)
}

// sourceName makes a name of a path: of its last folder that has no wildcard.
func sourceName(path string) string {
	name := ""
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if !strings.ContainsAny(part, "*?[:") && crawl.Name(part) != "" {
			name = crawl.Name(strings.TrimSuffix(part, filepath.Ext(part)))
		}
	}
	if name == "" {
		return "files"
	}
	return name
}

// declare writes the ingest file, or what is new in it.
func (a *App) declare(c *Crawled, r CrawlRequest) error {
	if len(c.Tables) == 0 {
		return nil
	}
	path := filepath.Join(a.options.Dir, filepath.FromSlash(c.File))
	have, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.Text, c.Written = c.Declare(c.Source, r.words()), true
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make the folder of ingest files: %w", err)
		}
		return os.WriteFile(path, []byte(c.Text), 0o644)
	case err != nil:
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	for _, t := range c.Tables {
		c.Text += t.Declare()
	}
	if !r.Write {
		return nil
	}
	text, ok := crawl.Add(string(have), c.Text)
	if !ok {
		return diag.New("unfit-file", diag.Place{File: c.File}, "new tables cannot be added to the end of the file: tables: is not the last key, or not in block style").
			WithHint("copy what tarn crawl shows without --write to where it belongs")
	}
	c.Written = true
	return os.WriteFile(path, []byte(text), 0o644)
}

// known are the tables that the project loads from files.
func (a *App) known(ctx context.Context) ([]crawl.Known, error) {
	p, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	view, err := a.pinned(ctx)
	if err != nil {
		return nil, err
	}
	var list []crawl.Known
	for _, r := range p.Resources {
		if r.Kind != project.KindSource || r.Ingest == nil || r.Ingest.From != ingest.FromFile {
			continue
		}
		k := crawl.Known{Name: r.Relation.String(), File: r.Place.File, Paths: r.Ingest.Paths, Place: r.Ingest.Place}
		k.Format, _ = r.Ingest.Options[ingest.FormatOption].Value.(string)
		t, err := view.Load(ctx, r.Relation)
		if err != nil && !errors.Is(err, lake.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			for _, f := range t.Schema().Fields {
				k.Columns = append(k.Columns, f.Name)
			}
		}
		list = append(list, k)
	}
	return list, nil
}

// finder finds the files that paths of the project mean.
func (a *App) finder() *locate.Finder { return &locate.Finder{Dir: a.options.Dir} }
