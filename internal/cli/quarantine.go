package cli

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
)

// quarantine is `tarn quarantine` and its commands.
func (c *command) quarantine() *cobra.Command {
	cmd := &cobra.Command{
		Use: "quarantine", Short: "Look at records that did not fit, mend them, or discard them", Args: cobra.NoArgs,
		Long: "Records that do not fit are kept beside their table, with file, line, bytes and reasons.\n" +
			"What fits after the definition was changed goes into the table with\n" +
			"tarn ingest --replay TABLE; what must be mended is exported, edited, and given back\n" +
			"with tarn ingest --replay FILE.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.quarantineLs(), c.quarantineShow(), c.quarantineExport(), c.quarantineDiscard())
	return cmd
}

func (c *command) quarantineLs() *cobra.Command {
	return c.look("ls", "List tables whose quarantine holds records", cobra.NoArgs, func(cmd *cobra.Command, a *app.App, _ []string) (any, *grid, error) {
		list, err := a.Quarantines(cmd.Context())
		g := newGrid(c.outStyle())
		g.column("table", false)
		g.column("records", true)
		g.column("files", true)
		g.column("rules", false)
		g.column("newest load", false)
		g.column("at", false)
		for _, q := range list {
			var rules []string
			for _, rule := range slices.Sorted(maps.Keys(q.Rules)) {
				rules = append(rules, rule+" "+number(q.Rules[rule]))
			}
			g.row(q.Table, number(q.Records), number(q.Files), strings.Join(rules, ", "), q.LoadID, moment(q.LoadedAt))
		}
		return list, g, err
	})
}

// filterFlags are the flags that choose quarantined records.
func filterFlags(cmd *cobra.Command, f *app.QuarantineFilter) {
	cmd.Flags().StringVar(&f.Rule, "rule", "", "only records that break this rule: columns, type, quote, encoding, …")
	cmd.Flags().StringVar(&f.File, "file", "", "only records of this file, as _tarn_file has it")
	cmd.Flags().Int64Var(&f.Line, "line", 0, "only the record at this line")
}

func (c *command) quarantineShow() *cobra.Command {
	var f app.QuarantineFilter
	var output string
	cmd := &cobra.Command{
		Use: "show TABLE", Short: "Show records in a table's quarantine: file, line, reasons, text", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			f.Table = args[0]
			rows, err := a.Quarantined(cmd.Context(), f)
			if err != nil {
				return err
			}
			return c.result(rows, output)
		},
	}
	filterFlags(cmd, &f)
	cmd.Flags().IntVar(&f.Limit, "limit", 20, "at most that many; -1 is all")
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table, csv, json, ndjson or parquet")
	return cmd
}

func (c *command) quarantineExport() *cobra.Command {
	var f app.QuarantineFilter
	cmd := &cobra.Command{
		Use: "export TABLE", Short: "Write quarantined records as NDJSON, to be edited and given back", Args: cobra.ExactArgs(1),
		Long: "Export writes a line of JSON for each record: table, file, line, raw and violations. Edit\n" +
			"raw, and give the file back with tarn ingest --replay FILE. Bytes that are no UTF-8 stand\n" +
			"in raw_base64; was tells what the record was, and stays as it is.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			f.Table = args[0]
			w := bufio.NewWriter(c.program.Out)
			n, err := a.ExportQuarantine(cmd.Context(), f, w)
			if err = errors.Join(err, w.Flush()); err == nil && !c.flags.quiet {
				fmt.Fprintf(c.program.Err, "%s %s\n", number(n), plural(n, "record", "records"))
			}
			return err
		},
	}
	filterFlags(cmd, &f)
	cmd.Flags().IntVar(&f.Limit, "limit", -1, "at most that many; -1 is all")
	return cmd
}

func (c *command) quarantineDiscard() *cobra.Command {
	var f app.QuarantineFilter
	var all bool
	var reason string
	cmd := &cobra.Command{
		Use: "discard TABLE", Short: "Throw quarantined records away, with the reason on record", Args: cobra.ExactArgs(1),
		Long: "Discard takes records out of quarantine for good. Who did it, when, why and how many stays\n" +
			"in system.resolutions.",
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen := f.Rule != "" || f.File != "" || f.Line != 0
			switch {
			case strings.TrimSpace(reason) == "":
				return diag.New("bad-flag", diag.Place{}, "--reason is missing").WithHint("say why nobody needs these records: --reason \"test orders\"")
			case chosen == all:
				return diag.New("bad-flag", diag.Place{}, "say which records").WithHint("choose with --rule, --file and --line, or write --all")
			}
			r := &app.DiscardRequest{Table: args[0]}
			r.Rule, r.File, r.Line, r.Reason = f.Rule, f.File, f.Line, reason
			return c.do(cmd, app.BuildRequest{Command: "discard", Discard: r})
		},
	}
	filterFlags(cmd, &f)
	cmd.Flags().BoolVar(&all, "all", false, "every record of the table's quarantine")
	cmd.Flags().StringVar(&reason, "reason", "", "why; it is kept")
	return cmd
}
