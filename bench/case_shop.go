package main

import (
	"context"
	"os"
	"path/filepath"
)

// shop builds the example from its files to tested tables. The peer does the
// same steps as one DuckDB script, which bench/shop/compile.py makes from the
// example's own models.
var shop = benchCase{
	name:    "shop",
	about:   "build examples/shop: 305 CSV files, 541,909 rows, every model and test",
	aim:     "1.50 or less",
	prepare: prepareShop,
	sides: []side{
		{
			name:  "tarn build",
			reset: func(l *lab, dir string) error { return os.CopyFS(dir, os.DirFS(l.dataFile("shop"))) },
			command: func(l *lab, dir string) command {
				return command{args: []string{l.tarn, "build", "--project-dir", dir, "--vars", "{match_cancellations: true}"}}
			},
			check: expect("SELECT count(*) FROM retail.invoices", "541909"),
		},
		{
			name: "DuckDB script",
			command: func(l *lab, dir string) command {
				return command{args: l.script("shop/run.py", filepath.Join(l.dataFile("shop"), "data", "online_retail"), filepath.Join(dir, "out"))}
			},
		},
	},
}

// prepareShop copies the example with the day that arrives later.
func prepareShop(ctx context.Context, l *lab) error {
	if err := peers(ctx, l); err != nil {
		return err
	}
	example := filepath.Join(l.root, "examples", "shop")
	project := l.dataFile("shop")
	if err := os.RemoveAll(project); err != nil {
		return err
	}
	if err := os.MkdirAll(project, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(example)
	if err != nil {
		return err
	}
	for _, e := range entries {
		from, to := filepath.Join(example, e.Name()), filepath.Join(project, e.Name())
		switch {
		case e.Name() == ".tarn" || e.Name() == "target": // what somebody has built there
		case e.Name() == "arrives_later":
			err = os.CopyFS(filepath.Join(project, "data", "online_retail"), os.DirFS(from))
		case e.IsDir():
			err = os.CopyFS(to, os.DirFS(from))
		default:
			err = copyFile(from, to)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}
