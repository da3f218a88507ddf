//go:build duckdb_arrow

package gate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/lake"
)

// FuzzGate: whatever the text, the gate neither fails inside nor gives anything
// away that is in no table of the lake.
func FuzzGate(f *testing.F) {
	const secret = "f8d1c0ffee"
	f.Setenv("TARN_FUZZ_SECRET", secret)
	file := filepath.Join(f.TempDir(), "secret.csv")
	if err := os.WriteFile(file, []byte("a\n"+secret+"\n"), 0o600); err != nil {
		f.Fatal(err)
	}
	s := newShop(f)
	scope := s.scope(f)
	aim := strings.NewReplacer("$FILE", file, "$LAKE", "/etc/passwd", "$NEW", filepath.Join(filepath.Dir(file), "new"))
	for _, a := range attacks {
		f.Add(aim.Replace(a.sql))
	}
	f.Add(typical)
	f.Fuzz(func(t *testing.T, sql string) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		st := Statement{SQL: sql, Who: somebody, Scope: scope}
		p, err := s.gate.pass(ctx, st)
		if err != nil {
			var problem *diag.Problem
			if !errors.As(err, &problem) && !errors.Is(err, lake.ErrNoSnapshot) && ctx.Err() == nil && !strings.Contains(err.Error(), "no luck") {
				t.Errorf("%q: %v is no problem", sql, err)
			}
			return
		}
		defer p.close()
		rows, err := p.session.Query(ctx, "SELECT * FROM ("+p.sql+"\n) LIMIT 100")
		if err != nil {
			return
		}
		defer rows.Release()
		for _, row := range text(rows) {
			if strings.Contains(row, secret) {
				t.Errorf("%q returned the secret", sql)
			}
		}
	})
}
