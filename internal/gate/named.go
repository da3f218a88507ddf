package gate

import (
	"context"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// named puts numbers in the place of names of relations that are constants, as
// in 'shop.orders'::regclass: what is compared with them can be left out by its
// number. A name of what the text may not know of is one of nothing.
func (p *passage) named(ctx context.Context, tree *sqlast.Tree) error {
	if p.st.Dialect == nil {
		return nil
	}
	return tree.Named(func(function, written string, location int) (number uint32, found, known bool, err error) {
		meant, known := p.st.Dialect.Named(strings.TrimPrefix(function, macroPrefix), written)
		if !known || meant.Number != 0 {
			return meant.Number, true, known, nil
		}
		number, found, err = p.meant(ctx, meant.Names)
		if err == nil && !found && meant.Must {
			err = p.problem("unknown-table", location, "relation %q does not exist", written).WithHint("those that there are have their names in pg_class")
		}
		return number, found, true, err
	})
}

// meant is the number of the first table, view or index that there is.
func (p *passage) meant(ctx context.Context, names []ident.Table) (number uint32, found bool, err error) {
	entries := p.visible(ctx, nil)
	for _, name := range names {
		same := func(e lake.Entry) bool {
			return strings.EqualFold(e.Name.Name, name.Name) && strings.EqualFold(e.Name.Namespace, name.Namespace)
		}
		if at := slices.IndexFunc(entries, same); at >= 0 {
			return tableNumber(entries[at].Name), true, nil
		}
	}
	for _, name := range names {
		beside := slices.DeleteFunc(slices.Clone(entries), func(e lake.Entry) bool { return !strings.EqualFold(e.Name.Namespace, name.Namespace) })
		all, err := p.described(ctx, beside)
		if err != nil {
			return 0, false, err
		}
		for i, e := range beside {
			if number, found := newKeyed(e, all[i]).indexNamed(name.Name); found {
				return number, true, nil
			}
		}
	}
	return 0, false, nil
}
