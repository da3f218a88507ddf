package app

import (
	"context"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/ingest/all"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/crawl"
	"github.com/tarn-lake/tarn/internal/project"
)

// crawlSource lists the tables of a source and proposes how to load them.
func (a *App) crawlSource(ctx context.Context, r CrawlRequest) (*Crawled, error) {
	lister, err := findLister(r.From)
	if err != nil {
		return nil, err
	}
	req := connector.SourceRequest{Dir: a.options.Dir, Threads: 1}
	req.Options = map[string]connector.Option{}
	for _, s := range r.Options {
		req.Options[s.Name] = connector.Option{Value: s.Value}
	}
	if err := ingest.ResolveSecrets(ctx, a.secrets(), lister.Options(), req.Options); err != nil {
		return nil, err
	}
	tables, err := lister.List(ctx, req)
	if err != nil {
		return nil, err
	}
	known, taken, err := a.loadedFrom(r)
	if err != nil {
		return nil, err
	}
	l := crawl.Listing{From: r.From, Settings: r.Options, Tables: tables, Patterns: r.Paths, Known: known, Taken: taken}
	p := l.Propose()
	if p.Files == 0 {
		return nil, diag.New("no-tables", diag.Place{}, "no table is called %s", strings.Join(r.Paths, ", ")).WithHint("%s", strings.Join(p.Notes, "; "))
	}
	source := crawl.Name(r.Source)
	if source == "" {
		source = r.From
	}
	c := &Crawled{Proposal: p, Source: source, File: project.IngestDir + "/" + source + ".yml"}
	return c, a.declare(c, r)
}

func findLister(name string) (connector.Lister, error) {
	var names []string
	for _, s := range all.Sources() {
		if l, ok := s.(connector.Lister); ok {
			if l.Name() == name {
				return l, nil
			}
			names = append(names, l.Name())
		}
	}
	slices.Sort(names)
	return nil, diag.New("bad-flag", diag.Place{}, "--from %s cannot be listed", name).WithHint("write %s", strings.Join(names, ", "))
}

// loadedFrom are the tables that the project loads from the source with these
// options, and the names that the new ones cannot have.
func (a *App) loadedFrom(r CrawlRequest) (known, taken []string, err error) {
	p, _, err := a.Project()
	if err != nil {
		return nil, nil, err
	}
	for _, res := range p.Resources {
		if res.Kind != project.KindSource || res.Ingest == nil || res.Ingest.From != r.From {
			continue
		}
		same := !slices.ContainsFunc(r.Options, func(s crawl.Setting) bool {
			if s.Name == "path" {
				return !slices.Contains(res.Ingest.Paths, s.Value)
			}
			return res.Ingest.Options[s.Name].Value != s.Value
		})
		if !same {
			continue
		}
		if _, query := res.Ingest.Options["query"]; query {
			taken = append(taken, res.Relation.Name)
			continue
		}
		name, ok := res.Ingest.Options["table"].Value.(string)
		if !ok {
			name = res.Relation.Name
		}
		known, taken = append(known, name), append(taken, res.Relation.Name)
	}
	return known, taken, nil
}
