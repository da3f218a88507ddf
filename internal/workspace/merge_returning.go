package workspace

import (
	"context"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// returning changes the rows of MERGE that are returned, with what is done to
// each: as they were written, or were until they were deleted.
func (g *merging) returning(ctx context.Context, findings []finding) (int64, error) {
	action := "_action_" + g.nonce
	var from []incoming
	for _, f := range findings {
		from = append(from, incoming{g.looking(f), f.keeping("c0, c1, " + f.did)})
	}
	beside := append(g.positions(), engine.Column{Name: action, Type: "VARCHAR"})
	k, err := g.keep(ctx, g.r, g.m.Into, beside, from...)
	if err != nil {
		return 0, err
	}
	if err := g.show(ctx, g.r, k, g.m.Into, g.m.Returning, ident.Quote(action)); err != nil {
		return 0, err
	}
	found := g.found(g.r, k, g.m.Into)
	found.stays = "c2 <> 'DELETE'"
	found.fields = func(cols []engine.Column) (string, error) { return g.fields(g.r, after(3, cols), found.stays) }
	done, err := g.rewrite(ctx, g.r, lake.Merge, found)
	return done.Deleted + done.Updated + done.Inserted, err
}

// did says what the actions of a finding do, as SQL over the query's columns.
func did(actions []sqlast.MergeAction) string {
	words := map[sqlast.MergeDo]string{sqlast.DoUpdate: "UPDATE", sqlast.DoDelete: "DELETE", sqlast.DoInsert: "INSERT"}
	var b strings.Builder
	b.WriteString("CASE c2")
	for i, a := range actions {
		if word, changes := words[a.Do]; changes {
			b.WriteString(" WHEN " + strconv.Itoa(i+1) + " THEN '" + word + "'")
		}
	}
	b.WriteString(" WHEN 0 THEN NULL END")
	return b.String()
}
