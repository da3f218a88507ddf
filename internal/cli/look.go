package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
)

// outStyle is the style of what goes to stdout.
func (c *command) outStyle() style {
	return style{colour: !c.flags.noColor && terminal(c.program.Out)}
}

// look is a command that opens the project and shows something of it; with
// --output json it writes what f returns, else f's grid.
func (c *command) look(use, short string, args cobra.PositionalArgs, f func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error)) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if output != "table" && output != "json" {
				return diag.New("bad-flag", diag.Place{}, "--output %s is not known", output).WithHint("write table or json")
			}
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			value, g, err := f(cmd, a, args)
			if err != nil {
				return err
			}
			if output == "json" {
				e := json.NewEncoder(c.program.Out)
				e.SetIndent("", "  ")
				return e.Encode(value)
			}
			if g != nil {
				g.flush(c.program.Out)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	return cmd
}

func (c *command) tables() *cobra.Command {
	return c.look("tables", "List the tables and views that readers see", cobra.NoArgs, func(cmd *cobra.Command, a *app.App, _ []string) (any, *grid, error) {
		list, err := a.Tables(cmd.Context())
		g := newGrid(c.outStyle())
		g.column("table", false)
		g.column("kind", false)
		g.column("rows", true)
		g.column("columns", true)
		g.column("snapshots", true)
		g.column("published", false)
		g.column("description", false)
		for _, t := range list {
			rows := ""
			if t.Rows >= 0 {
				rows = number(t.Rows)
			}
			if t.Error != "" {
				g.row(t.Name, t.Kind, "", "", "", "", "cannot be read")
				p := diag.New("unreadable-table", diag.Place{}, "%s", t.Error)
				p.Severity = diag.Warning
				c.warn(p)
				continue
			}
			g.row(t.Name, t.Kind, rows, fmt.Sprint(t.Columns), fmt.Sprint(t.Snapshots), moment(t.Published), short(t.Doc))
		}
		return list, g, err
	})
}

func (c *command) describe() *cobra.Command {
	return c.look("describe TABLE", "Show a table's columns", cobra.ExactArgs(1), func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error) {
		d, err := a.Describe(cmd.Context(), args[0])
		if err != nil {
			return nil, nil, err
		}
		s := c.outStyle()
		if cmd.Flag("output").Value.String() == "table" {
			fmt.Fprintf(c.program.Out, "%s  %s\n", s.bold(d.Name), s.dim(d.Kind))
			if d.Doc != "" {
				fmt.Fprintln(c.program.Out, d.Doc)
			}
			if len(d.Partition) > 0 {
				fmt.Fprintf(c.program.Out, "partitioned by %s\n", strings.Join(d.Partition, ", "))
			}
			fmt.Fprintf(c.program.Out, "%s\n\n", s.dim(d.Location))
		}
		g := newGrid(s)
		g.column("column", false)
		g.column("type", false)
		g.column("in SQL", false)
		g.column("description", false)
		for _, col := range d.ColumnInfos {
			g.row(col.Name, col.Type, col.SQLType, col.Doc)
		}
		return d, g, nil
	})
}

func (c *command) history() *cobra.Command {
	return c.look("history TABLE", "List the states that a table has been in", cobra.ExactArgs(1), func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error) {
		snapshots, err := a.History(cmd.Context(), args[0])
		list := []listedSnapshot{}
		g := newGrid(c.outStyle())
		g.column("snapshot", false)
		g.column("made", false)
		g.column("operation", false)
		g.column("added", true)
		g.column("total", true)
		g.column("run", false)
		for _, s := range snapshots {
			list = append(list, listedSnapshot{s.ID, s.ParentID, s.Time, s.Operation, s.Summary["tarn.run"], s.Summary})
			g.row(fmt.Sprint(s.ID), moment(s.Time), s.Operation, s.Summary["added-records"], s.Summary["total-records"], s.Summary["tarn.run"])
		}
		return list, g, err
	})
}

func (c *command) runs() *cobra.Command {
	var limit int
	cmd := c.look("runs [RUN]", "List the runs, or the steps of one", cobra.MaximumNArgs(1), func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error) {
		if len(args) == 1 {
			return c.steps(cmd, a, args[0])
		}
		list, err := a.Runs(cmd.Context(), limit)
		g := newGrid(c.outStyle())
		g.column("run", false)
		g.column("command", false)
		g.column("state", false)
		g.column("started", false)
		g.column("took", true)
		g.column("by", false)
		g.column("message", false)
		for _, r := range list {
			g.row(r.ID, r.Command, string(r.State), moment(r.Started), took(r.Duration()), r.Principal, firstLine(r.Message))
		}
		return listRuns(list), g, err
	})
	cmd.Flags().IntVar(&limit, "limit", 20, "how many runs; 0 is all")
	return cmd
}

func (c *command) steps(cmd *cobra.Command, a *app.App, id string) (any, *grid, error) {
	list, err := a.Steps(cmd.Context(), id)
	if err != nil {
		return nil, nil, err
	}
	g := newGrid(c.outStyle())
	g.column("step", false)
	g.column("state", false)
	g.column("outcome", false)
	g.column("rows", true)
	g.column("took", true)
	g.column("message", false)
	for _, s := range list {
		g.row(s.Resource, string(s.State), string(s.Outcome), number(s.Rows), took(s.Duration()), firstLine(s.Message))
	}
	return listSteps(list), g, nil
}

// shortText is how much of a description a list shows.
const shortText = 60

// short is a description that fits into a table.
func short(s string) string {
	r := []rune(firstLine(s))
	if len(r) <= shortText {
		return string(r)
	}
	return strings.TrimRight(string(r[:shortText-1]), " ,.;:") + "…"
}

// moment writes a time as people read it, in UTC.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

func took(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return seconds(d)
}
