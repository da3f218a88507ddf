package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// stub is the table that stands for the one that a statement changes.
const stub = "tarn_stub"

// Confirm makes sure that the engine takes a statement for what its head was
// read as. The engine gets the head alone, over an empty table with the columns
// of t (nil is none that matter), and says what kind of statement it is without
// running it.
func (g *Gate) Confirm(ctx context.Context, st Statement, s sqlast.Statement, t *lake.Table) error {
	columns := []string{"c0 INTEGER"}
	if t != nil && t.Kind() == lake.TableEntry {
		columns = nil
		for _, f := range t.Schema().Fields {
			typ, err := scan.DuckType(f.Type)
			if err != nil {
				return fmt.Errorf("column %s of %s: %w", f.Name, t.Name(), err)
			}
			columns = append(columns, ident.Quote(f.Name)+" "+typ)
		}
	}
	session, err := g.open(ctx, st.Who)
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // takes the stubs along
	head := sqlast.Skeleton(st.SQL, s, stub, len(columns))
	if _, err := session.Exec(ctx, fmt.Sprintf("CREATE TEMP TABLE %s (%s); CREATE TEMP VIEW %[1]s_view AS SELECT 1 AS c0", stub, strings.Join(columns, ", "))); err != nil {
		return fmt.Errorf("confirm a statement: %w", err)
	}
	kind, err := session.Kind(ctx, head)
	var said *engine.Error
	switch {
	case errors.As(err, &said):
		return st.Problem("syntax", s.Start, "%s", said.Message).WithCause(err)
	case err != nil:
		return fmt.Errorf("confirm a statement: %w", err)
	case kind != headKind(s.Head):
		return st.Problem("statement-refused", s.Start, "the engine takes the statement for %s, not for %s", kind, headKind(s.Head))
	}
	return nil
}

// headKind is the engine's word for a head.
func headKind(head any) string {
	switch head.(type) {
	case *sqlast.CreateTable, *sqlast.CreateView, *sqlast.CreateSchema:
		return "CREATE"
	case *sqlast.Insert:
		return "INSERT"
	case *sqlast.Delete:
		return "DELETE"
	case *sqlast.Update:
		return "UPDATE"
	case *sqlast.Merge:
		return "MERGE"
	case *sqlast.Drop:
		return "DROP"
	case *sqlast.Alter, *sqlast.Comment:
		return "ALTER"
	case *sqlast.Transaction:
		return "TRANSACTION"
	default:
		return ""
	}
}
