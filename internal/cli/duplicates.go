package cli

import (
	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// duplicates is `tarn duplicates`.
func (c *command) duplicates() *cobra.Command {
	r := app.DuplicatesRequest{}
	var exact, fuzzy, block []string
	var similarity float64
	var keep, output string
	cmd := &cobra.Command{
		Use: "duplicates TABLE", Short: "Preview which rows of a raw table would become one", Args: cobra.ExactArgs(1),
		Long: "Duplicates shows the sets of rows that are the same thing twice by the table's deduplicate:,\n" +
			"or by rules to be tried: which row of each set stays, what each row is like, and why. It\n" +
			"changes nothing.",
		Example: "tarn duplicates crm.people\ntarn duplicates crm.people --fuzzy name,city --block-by zip --similarity 0.9",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			r.Table = args[0]
			switch {
			case len(fuzzy) > 0 && (len(block) == 0 || similarity <= 0 || similarity > 1):
				return diag.New("bad-flag", diag.Place{}, "--fuzzy needs --block-by, and a --similarity above 0 and up to 1").
					WithHint("only rows with equal values in the columns of --block-by are compared")
			case keep != project.KeepLatest && keep != project.KeepFirst:
				return diag.New("bad-flag", diag.Place{}, "--keep %s is not known", keep).WithHint("write latest or first")
			case len(exact)+len(fuzzy) > 0:
				r.Rules = &project.Deduplicate{Exact: exact, Keep: keep}
			}
			if len(fuzzy) > 0 {
				r.Rules.Fuzzy = &project.Fuzzy{Columns: fuzzy, BlockBy: block, Similarity: similarity}
			}
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			rows, err := a.Duplicates(cmd.Context(), r)
			if err != nil {
				return err
			}
			return c.result(rows, output)
		},
	}
	cmd.Flags().StringSliceVar(&exact, "exact", nil, "columns that duplicates have equal values in")
	cmd.Flags().StringSliceVar(&fuzzy, "fuzzy", nil, "columns that are similar in duplicates")
	cmd.Flags().StringSliceVar(&block, "block-by", nil, "with --fuzzy: columns that are equal in rows to be compared")
	cmd.Flags().Float64Var(&similarity, "similarity", 0.92, "with --fuzzy: how similar, by Jaro and Winkler")
	cmd.Flags().StringVar(&keep, "keep", project.KeepLatest, "which row stays: latest or first")
	cmd.Flags().IntVar(&r.Limit, "limit", 20, "at most that many sets; -1 is all")
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table, csv, json, ndjson or parquet")
	return cmd
}
