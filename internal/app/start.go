package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/examples"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// projectName is what dbt takes as a project's name.
var projectName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// Init writes a new project into dir, which must be empty or not exist: an
// example, or a small project with one model.
func Init(dir, example string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return diag.New("folder-not-empty", diag.Place{}, "%s is not empty", dir).WithHint("give a new folder: tarn init NAME")
	}
	files := fs.FS(nil)
	if example != "" {
		found, ok := examples.Open(example)
		if !ok {
			p := diag.New("unknown-example", diag.Place{}, "there is no example %s", example).WithHint("there is %s", strings.Join(examples.Names(), ", "))
			if near := ident.Near(example, examples.Names()); len(near) > 0 {
				p.WithHint("did you mean %s?", near[0])
			}
			return p
		}
		files = found
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if files != nil {
		return os.CopyFS(dir, files)
	}
	return writeStarter(dir)
}

// starter is the project that init writes: a folder for files, a raw table over
// it, and a model with tests.
var starter = map[string]string{
	"dbt_project.yml": "name: %[1]s\nversion: '1.0'\nprofile: %[1]s\nmodels:\n  %[1]s:\n    +materialized: table\n",
	"tarn.yml":        "lake: {path: .tarn}\n",
	".gitignore":      ".tarn/\ntarget/\nreport.html\n",
	"ingest/raw.yml": "source: raw\ntables:\n  orders:\n    from: file\n    path: data/orders/*.csv\n" +
		"    columns:\n      order_id: {type: long, data_tests: [not_null]}\n      ordered_on: date\n      amount: decimal(18,2)\n",
	"data/orders/first.csv": "order_id,ordered_on,customer,amount\n1,2026-01-05,ada,19.90\n2,2026-01-05,bob,5.00\n3,2026-01-06,ada,42.50\n",
	"models/daily_orders.sql": "select ordered_on, count(*) as orders, sum(amount) as amount\n" +
		"from {{ source('raw', 'orders') }}\ngroup by ordered_on\n",
	"models/daily_orders.yml": "models:\n  - name: daily_orders\n    description: Orders and turnover of each day.\n    columns:\n" +
		"      - name: ordered_on\n        data_tests: [unique, not_null]\n",
}

func writeStarter(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	name := filepath.Base(abs)
	if !projectName.MatchString(name) {
		return diag.New("bad-name", diag.Place{}, "%q cannot be a project's name: it takes letters, digits and underscores", name).
			WithHint("choose another folder")
	}
	for path, text := range starter {
		full := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if path == "dbt_project.yml" {
			text = fmt.Sprintf(text, name)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// ParseVars reads variables as they are given on the command line, a mapping in
// YAML.
func ParseVars(text string) (map[string]any, error) {
	r := yamldoc.Reader{Problems: &diag.Problems{}}
	n := r.Parse("--vars", []byte(text))
	if err := r.Problems.Err(); err != nil {
		return nil, err
	}
	if vars, ok := n.Value().(map[string]any); ok {
		return vars, nil
	}
	return nil, diag.New("bad-flag", diag.Place{File: "--vars", Line: 1, Column: 1}, "the variables are not a mapping").
		WithHint("write --vars '{name: value}'")
}
