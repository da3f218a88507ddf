package gate

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
)

// nullType is the engine's name for the type of a NULL that nothing gives a
// type. In results it calls such columns INTEGER.
const nullType = `"NULL"`

// untypedNulls gives the columns of a model that hold nothing but an untyped
// NULL their own type back, so that the table gets what the type table says
// and not a number. Together with a smaller integer type, an INTEGER stays one
// and an untyped NULL does not.
func (p *passage) untypedNulls(ctx context.Context, cols []engine.Column) error {
	if p.st.Purpose != "model" || !strings.Contains(strings.ToUpper(p.template), "NULL") {
		return nil
	}
	var list []string
	var at []int
	for i, c := range cols {
		if c.Type == "INTEGER" {
			list, at = append(list, fmt.Sprintf("coalesce(#%d, NULL::TINYINT)", i+1)), append(at, i)
		}
	}
	if len(list) == 0 {
		return nil
	}
	found, err := p.session.Describe(ctx, "SELECT "+strings.Join(list, ", ")+" FROM ("+p.sql+")")
	if err != nil {
		return fmt.Errorf("find untyped columns: %w", err)
	}
	for i, c := range found {
		if c.Type == "TINYINT" {
			cols[at[i]].Type = nullType
		}
	}
	return nil
}
