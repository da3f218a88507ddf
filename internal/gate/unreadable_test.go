//go:build duckdb_arrow

package gate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
)

// TestAFileThatCannotBeReadIsAProblemOfItsTable: the other tables stay readable.
func TestAFileThatCannotBeReadIsAProblemOfItsTable(t *testing.T) {
	for what, damage := range map[string]func(string) error{
		"cut off": func(path string) error { return os.Truncate(path, 50) },
		"missing": os.Remove,
	} {
		t.Run(what, func(t *testing.T) {
			s := newShop(t)
			files, err := filepath.Glob(filepath.Join(s.Dir, "retail", "invoices", "data", "*", "*.parquet"))
			if err != nil || len(files) != 1 {
				t.Fatal(files, err)
			}
			if err := damage(files[0]); err != nil {
				t.Fatal(err)
			}
			_, err = s.query(t, "SELECT c.name, i.quantity FROM customers AS c JOIN retail.invoices AS i ON c.id = i.id")
			var p *diag.Problem
			if !errors.As(err, &p) || p.Code != "unreadable-table" || !strings.Contains(p.Message, "retail.invoices cannot be read") || !strings.Contains(p.Message, files[0]) {
				t.Errorf("%v", err)
			}
			if rows, err := s.query(t, "SELECT count(*) FROM customers"); err != nil || len(rows) != 1 {
				t.Error(rows, err)
			}
		})
	}
}
