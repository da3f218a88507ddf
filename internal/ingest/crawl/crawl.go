// Package crawl is for looking at what lies in folders and buckets, and
// proposing how to load it: which files belong to one table, their format and
// columns, and how sure that is.
//
// It promises to read a bounded sample of each group of files, to name the
// evidence for what it proposes, to account for every file it met, and to
// write nothing. It leaves to people whether the proposal is right, and to
// others how files are found (locate) and read (connector).
package crawl

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
)

// Crawler looks at files.
type Crawler struct {
	Finder  *locate.Finder
	Formats []connector.Format
}

// Query says where to look.
type Query struct {
	// Paths are folders, files or patterns, as in `path:`.
	Paths []string
	// Known are the tables that a project loads already.
	Known []Known
	// Progress is told how many of the groups have been looked at; may be nil.
	Progress func(done, total int)
}

// Known is a table that a project loads already.
type Known struct {
	// Name is source.table, File the ingest file that declares it.
	Name, File string
	// Paths are its `path:`, Format its `format:`, "" where it is found out.
	Paths  []string
	Format string
	Place  diag.Place
	// Columns are those of the table, where it has been loaded.
	Columns []string
}

// Proposal is what was found.
type Proposal struct {
	// Tables are new ones, in order of name.
	Tables []Table
	// Changes are what became different for tables that are known.
	Changes []Change
	// Unknown are files of which no table can be made, with why.
	Unknown []Unknown
	// Notes tell what was left out, and what people may want to decide.
	Notes []string
	// Files is how many were met, Covered how many of them known tables load.
	Files, Covered int
}

// Table is a table that files, or a source's table, can be loaded into.
type Table struct {
	Name string
	// Format is that of files; Paths lead to them and to no others that were met.
	Format string
	Paths  []string
	// From is the source, "" for files, and Settings its options; Mode, PrimaryKey
	// and Cursor say how it is loaded. Rows is an estimate, -1 unknown.
	From         string
	Settings     []Setting
	Mode, Cursor string
	PrimaryKey   []string
	Rows         int64
	Columns      []connector.Column
	// Files and Bytes are how many there are.
	Files int
	Bytes int64
	// Confidence is from 0 to 1; Evidence says where it comes from.
	Confidence float64
	Evidence   []string
}

// Change is what became different for a known table.
type Change struct {
	Table, File string
	// What are sentences, such as "2 files have a new column Discount".
	What []string
}

// Unknown is a file, or a group of files, of which no table can be made.
type Unknown struct {
	Name  string
	Files int
	Why   string
}

// Crawl looks at what there is.
func (c *Crawler) Crawl(ctx context.Context, q Query) (_ *Proposal, err error) {
	found, err := c.Finder.Find(ctx, locate.Query{Paths: q.Paths})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	p := &Proposal{Files: len(found.Files), Notes: found.Notes}
	covered, err := c.compare(ctx, q, found.Files, p)
	if err != nil {
		return nil, err
	}
	var rest []locate.File
	for _, f := range found.Files {
		if covered[f.Name] {
			p.Covered++
		} else {
			rest = append(rest, f)
		}
	}
	groups := group(rest)
	for i, g := range groups {
		if q.Progress != nil {
			q.Progress(i, len(groups))
		}
		if err := c.propose(ctx, g, found.Files, p); err != nil {
			return nil, err
		}
	}
	if q.Progress != nil {
		q.Progress(len(groups), len(groups))
	}
	p.finish(q.Known)
	return p, nil
}

// propose looks at a group of files and adds the table that can be made of it.
func (c *Crawler) propose(ctx context.Context, g *cluster, all []locate.File, p *Proposal) error {
	seen, err := c.recognise(ctx, g.files)
	if err != nil {
		return err
	}
	if seen.format == nil {
		p.Unknown = append(p.Unknown, Unknown{Name: g.pattern(), Files: len(g.files), Why: seen.why})
		return nil
	}
	t := Table{
		Name: g.table(), Format: seen.format.Name(), Paths: g.paths(all), Columns: seen.columns,
		Files: len(g.files), Confidence: seen.confidence, Evidence: append(g.evidence(), seen.evidence...),
	}
	for _, f := range g.files {
		t.Bytes += max(0, f.Size)
	}
	p.Tables = append(p.Tables, t)
	return nil
}
