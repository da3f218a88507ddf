package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/crawl"
)

// crawl is `tarn crawl`.
func (c *command) crawl() *cobra.Command {
	var r app.CrawlRequest
	var output string
	var options []string
	cmd := &cobra.Command{
		Use: "crawl PATH…", Short: "Look at files or a database and propose how to load them",
		Long: "Crawl looks at files, folders or buckets, finds out formats and columns from a\n" +
			"sample, groups files into tables, and writes ingest/SOURCE.yml for review, with\n" +
			"confidence and evidence. Where that file is there already, it shows what is new;\n" +
			"--write adds it.\n\n" +
			"With --from it lists the tables of a database instead, and arguments choose among\n" +
			"them: tarn crawl --from postgres --option connection='postgres://anna:${env:PGPASSWORD}@db/shop' 'sales.*'",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if output != "table" && output != "json" {
				return diag.New("bad-flag", diag.Place{}, "--output %s is not known", output).WithHint("write table or json")
			}
			if r.Options, err = settings(options); err != nil {
				return err
			}
			if len(args) == 0 && r.From == "" {
				return diag.New("bad-flag", diag.Place{}, "there is no path to look at").WithHint("write tarn crawl data, or tarn crawl --from postgres")
			}
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			r.Paths = args
			bar := c.counter("groups of files")
			r.Progress = bar.set
			found, err := a.Crawl(cmd.Context(), r)
			bar.done()
			if err != nil {
				return err
			}
			if output == "json" {
				e := json.NewEncoder(c.program.Out)
				e.SetIndent("", "  ")
				return e.Encode(crawledJSON(found))
			}
			c.showCrawled(found, r.From)
			return nil
		},
	}
	cmd.Flags().StringVar(&r.Source, "source", "", "name of the source (default: made of the first path)")
	cmd.Flags().StringVar(&r.From, "from", "", "a database to list instead of files: postgres, mysql or sqlite")
	cmd.Flags().StringArrayVar(&options, "option", nil, "an option of the database, NAME=VALUE; secrets as references, such as ${env:PGPASSWORD}")
	cmd.Flags().BoolVar(&r.Write, "write", false, "add new tables to an ingest file that is there already")
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	return cmd
}

// settings reads NAME=VALUE.
func settings(options []string) ([]crawl.Setting, error) {
	var all []crawl.Setting
	for _, o := range options {
		name, value, ok := strings.Cut(o, "=")
		if !ok || name == "" {
			return nil, diag.New("bad-flag", diag.Place{}, "--option %s has no value", name).WithHint("write --option NAME=VALUE")
		}
		all = append(all, crawl.Setting{Name: name, Value: value})
	}
	return all, nil
}

// showCrawled tells what was found, and what to do next.
func (c *command) showCrawled(found *app.Crawled, from string) {
	if len(found.Tables) > 0 && found.Tables[0].From != "" {
		c.showListed(found)
	} else if len(found.Tables) > 0 {
		g := newGrid(c.outStyle())
		for _, name := range []string{"table", "format"} {
			g.column(name, false)
		}
		for _, name := range []string{"files", "size", "columns"} {
			g.column(name, true)
		}
		g.column("confidence", false)
		g.column("path", false)
		for _, t := range found.Tables {
			path := t.Paths[0]
			if len(t.Paths) > 1 {
				path += fmt.Sprintf(" and %d more", len(t.Paths)-1)
			}
			g.row(found.Source+"."+t.Name, t.Format, fmt.Sprint(t.Files), bytesText(t.Bytes), fmt.Sprint(len(t.Columns)),
				fmt.Sprintf("%s (%.0f%%)", t.Sureness(), 100*t.Confidence), path)
		}
		g.flush(c.program.Out)
	}
	for _, change := range found.Changes {
		for _, what := range change.What {
			fmt.Fprintf(c.program.Out, "~ %s (%s): %s\n", change.Table, change.File, printable(what))
		}
	}
	for _, u := range found.Unknown {
		fmt.Fprintf(c.program.Out, "? %s: %s\n", printable(u.Name), printable(u.Why))
	}
	for _, n := range found.Notes {
		fmt.Fprintf(c.program.Out, "! %s\n", printable(n))
	}
	c.nextAfterCrawl(found, from)
}

// showListed shows the tables of a database.
func (c *command) showListed(found *app.Crawled) {
	g := newGrid(c.outStyle())
	for _, name := range []string{"table", "of", "mode", "primary key", "cursor"} {
		g.column(name, false)
	}
	g.column("rows", true)
	for _, t := range found.Tables {
		rows := ""
		if t.Rows >= 0 {
			rows = "~" + fmt.Sprint(t.Rows)
		}
		g.row(found.Source+"."+t.Name, t.Settings[len(t.Settings)-1].Value, t.Mode, strings.Join(t.PrimaryKey, ", "), t.Cursor, rows)
	}
	g.flush(c.program.Out)
}

func (c *command) nextAfterCrawl(found *app.Crawled, from string) {
	if c.flags.quiet {
		return
	}
	w := c.program.Err
	what := plural(int64(found.Files), "file", "files")
	if from != "" {
		what = plural(int64(found.Files), "table", "tables")
	}
	fmt.Fprintf(w, "%d %s, %d of them loaded by tables that are declared\n", found.Files, what, found.Covered)
	switch {
	case len(found.Tables) == 0 && len(found.Changes) == 0:
		fmt.Fprintln(w, "nothing is new")
	case len(found.Tables) == 0:
	case found.Written:
		fmt.Fprintf(w, "wrote %s\n  next: look it over, then tarn build\n", found.File)
	default:
		fmt.Fprintf(w, "%s is there already; to add these tables use --write\n", found.File)
		for line := range strings.Lines(found.Text) {
			fmt.Fprint(c.program.Out, "+ ", line)
		}
	}
}

// crawledJSON is what `tarn crawl --output json` writes.
func crawledJSON(found *app.Crawled) any {
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	type table struct {
		Name       string   `json:"name"`
		Format     string   `json:"format"`
		Paths      []string `json:"paths"`
		Files      int      `json:"files"`
		Bytes      int64    `json:"bytes"`
		From       string   `json:"from,omitempty"`
		Mode       string   `json:"mode,omitempty"`
		PrimaryKey []string `json:"primary_key,omitempty"`
		Cursor     string   `json:"cursor,omitempty"`
		Confidence float64  `json:"confidence"`
		Evidence   []string `json:"evidence"`
		Columns    []column `json:"columns"`
	}
	type change struct {
		Table string   `json:"table"`
		File  string   `json:"file"`
		What  []string `json:"what"`
	}
	type unknown struct {
		Name  string `json:"name"`
		Files int    `json:"files"`
		Why   string `json:"why"`
	}
	tables, changes, unknowns := []table{}, []change{}, []unknown{}
	for _, t := range found.Tables {
		row := table{Name: t.Name, Format: t.Format, Paths: t.Paths, Files: t.Files, Bytes: t.Bytes, Confidence: t.Confidence, Evidence: t.Evidence,
			From: t.From, Mode: t.Mode, PrimaryKey: t.PrimaryKey, Cursor: t.Cursor}
		for _, col := range t.Columns {
			row.Columns = append(row.Columns, column{col.Name, col.Type.String()})
		}
		tables = append(tables, row)
	}
	for _, ch := range found.Changes {
		changes = append(changes, change{ch.Table, ch.File, ch.What})
	}
	for _, u := range found.Unknown {
		unknowns = append(unknowns, unknown{u.Name, u.Files, u.Why})
	}
	return map[string]any{
		"source": found.Source, "file": found.File, "written": found.Written, "files": found.Files, "covered": found.Covered,
		"tables": tables, "changes": changes, "unknown": unknowns, "notes": found.Notes,
	}
}
