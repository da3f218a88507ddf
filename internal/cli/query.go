package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// query is `tarn query`.
func (c *command) query() *cobra.Command {
	var file, runID, asOf, output string
	cmd := &cobra.Command{
		Use: "query [SQL]", Short: "Ask the lake in SQL, or change it", Args: oneStatement,
		Example: "  tarn query \"select country, count(*) from dim_customer group by all\"\n" +
			"  tarn query --run r20261121-101010-ab12 \"select * from daily_sales\"   # what is held\n" +
			"  tarn query --as-of \"2026-11-21 10:00\" -f question.sql --output csv\n" +
			"  tarn query \"delete from notes where day < date '2020-01-01'\"",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			r := app.QueryRequest{Run: runID, AsOf: asOf}
			if r.SQL, r.Place, err = c.statement(args, file); err != nil {
				return err
			}
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			return a.Statements(cmd.Context(), r, func(t app.Told) error { return c.told(t, output) })
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "file", "f", "", "read the SQL from a file; - is stdin")
	f.StringVar(&runID, "run", "", "look at what this run made, also where it is held")
	f.StringVar(&asOf, "as-of", "", "look at the tables as they were: a time (UTC) or a snapshot id")
	f.StringVarP(&output, "output", "o", "table", "table, csv, json, ndjson or parquet")
	return cmd
}

// told shows what a statement has done.
func (c *command) told(t app.Told, output string) error {
	switch {
	case t.Result != nil:
		t.Result.Retain()
		return c.result(t.Result, output)
	case c.flags.quiet:
	case t.Counted:
		fmt.Fprintf(c.program.Err, "%s: %s %s\n", t.What, number(t.Rows), plural(t.Rows, "row", "rows"))
	default:
		fmt.Fprintln(c.program.Err, t.What)
	}
	return nil
}

// oneStatement refuses SQL that the shell took apart.
func oneStatement(_ *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return diag.New("bad-command", diag.Place{}, "query takes one statement, and there are %d words", len(args)).
		WithHint("quote it: tarn query %q", strings.Join(args, " "))
}

// statement is the SQL that was given, and where it stands.
func (c *command) statement(args []string, file string) (string, diag.Place, error) {
	switch {
	case len(args) == 1 && file != "":
		return "", diag.Place{}, diag.New("bad-flag", diag.Place{}, "the SQL was given twice, as an argument and with --file")
	case len(args) == 1:
		return args[0], diag.Place{}, nil
	case file == "-":
		b, err := io.ReadAll(c.program.In)
		return string(b), diag.Place{File: "stdin"}, err
	case file != "":
		b, err := os.ReadFile(file)
		if err != nil {
			return "", diag.Place{}, diag.New("unreadable-file", diag.Place{}, "%v", err).WithCause(err)
		}
		return string(b), diag.Place{File: file, Line: 1, Column: 1}, nil
	default:
		return "", diag.Place{}, diag.New("no-sql", diag.Place{}, "there is no SQL to run").
			WithHint(`write tarn query "select …", or give a file with --file`)
	}
}

// show is dbt's show: a model's rows as its SQL stands.
func (c *command) show() *cobra.Command {
	var sel selection
	var inline, direct, output string
	var limit int
	cmd := &cobra.Command{
		Use: "show", Short: "Run a model's query and show its first rows", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			if inline != "" && direct != "" {
				return diag.New("bad-flag", diag.Place{}, "--inline and --inline-direct are one too many")
			}
			name := ""
			var rows array.RecordReader
			switch {
			case inline != "":
				rows, err = a.ShowText(cmd.Context(), inline, limit)
			case direct != "":
				rows, err = a.Query(cmd.Context(), app.QueryRequest{SQL: direct})
			default:
				var r *project.Resource
				if r, err = c.oneModel(cmd, a, sel); err == nil {
					name = r.Name
					rows, err = a.Show(cmd.Context(), r, limit)
				}
			}
			if err != nil {
				return err
			}
			return c.shown(rows, name, output)
		},
	}
	sel.choose(cmd)
	cmd.Flags().StringVar(&inline, "inline", "", "a text in place of a model, which may use ref and macros")
	cmd.Flags().StringVar(&direct, "inline-direct", "", "a query in place of a model")
	cmd.Flags().BoolP("full-refresh", "f", false, "taken for dbt's sake")
	_ = cmd.Flags().MarkHidden("full-refresh")
	cmd.Flags().IntVar(&limit, "limit", 5, "how many rows; -1 is all")
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table, csv, json, ndjson or parquet")
	return cmd
}

// shown writes the rows of a text; JSON is in dbt's shape.
func (c *command) shown(rows array.RecordReader, name, output string) error {
	if output != "json" {
		return c.result(rows, output)
	}
	if name != "" {
		quoted, err := json.Marshal(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.program.Out, "{\n \"node\": %s,\n \"show\": ", quoted)
	} else {
		fmt.Fprint(c.program.Out, "{\n \"show\": ")
	}
	err := c.result(rows, output)
	fmt.Fprintln(c.program.Out, "}")
	return err
}

// oneModel is the one model that a selection must find.
func (c *command) oneModel(cmd *cobra.Command, a *app.App, sel selection) (*project.Resource, error) {
	if len(sel.Select) == 0 {
		return nil, diag.New("no-model", diag.Place{}, "there is no model to show").WithHint("write tarn show --select MODEL")
	}
	found, err := a.Select(cmd.Context(), c.selection(sel))
	if err != nil {
		return nil, err
	}
	var names []string
	var one *project.Resource
	for _, r := range found {
		if r.Kind != project.KindTest && r.Kind != project.KindUnitTest && (r.SQL != "" || r.Referable()) {
			names = append(names, r.Name)
			one = r
		}
	}
	if len(names) != 1 {
		return nil, diag.New("no-model", diag.Place{}, "show takes one model; %s finds %d: %s", strings.Join(sel.Select, " "), len(names), strings.Join(names, ", "))
	}
	return one, nil
}
