package workspace

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

func joinDots(parts []string) string { return strings.Join(parts, ".") }

// drop takes names away.
func (x *execution) drop(ctx context.Context, d *sqlast.Drop) error {
	if d.Kind != "SCHEMA" { // of a schema there is none that could stand for it
		if err := x.confirm(ctx, nil); err != nil {
			return err
		}
	}
	for _, n := range d.Names {
		var err error
		if d.Kind == "SCHEMA" {
			err = x.dropSchema(ctx, d, n)
		} else {
			err = x.dropOne(ctx, d, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *execution) dropOne(ctx context.Context, d *sqlast.Drop, n sqlast.Name) error {
	r, err := x.existing(ctx, policy.Drop, n)
	if err != nil {
		return err
	}
	if r.table == nil {
		if d.IfExists {
			return nil
		}
		return x.unknown(ctx, n)
	}
	if is := kindWords[r.table.Kind()]; !strings.EqualFold(is, d.Kind) {
		return x.problem("not-a-"+strings.ToLower(d.Kind), n.Start, "%s is a %s, not a %s", r.name, is, strings.ToLower(d.Kind)).
			WithHint("write DROP %s", strings.ToUpper(is))
	}
	x.forget(r)
	return nil
}

func (x *execution) dropSchema(ctx context.Context, d *sqlast.Drop, n sqlast.Name) error {
	name := x.namespace(n)
	seen, namespaces := x.o.Gate.Seen(ctx, x.st)
	there := slices.Contains(namespaces, name)
	if err := x.o.Gate.Allow(x.st, policy.Drop, ident.Table{Namespace: name}, n.Start); err != nil && (there || !errors.Is(err, lake.ErrNotFound)) {
		return err
	}
	var inside []lake.Entry
	for _, e := range seen {
		if ident.Fold(e.Name.Namespace) == ident.Fold(name) {
			inside = append(inside, e)
		}
	}
	switch {
	case ident.Fold(name) == ident.DefaultNamespace:
		return x.problem("drop-refused", n.Start, "the schema %s is always there", name)
	case !there && len(inside) == 0 && d.IfExists:
		return nil
	case !there && len(inside) == 0:
		return x.problem("unknown-schema", n.Start, "there is no schema %s", name)
	case len(inside) > 0 && !d.Cascade:
		return x.problem("drop-refused", n.Start, "the schema %s has %d tables and views, such as %s", name, len(inside), inside[0].Name).
			WithHint("write CASCADE to drop them with it")
	case slices.ContainsFunc(x.Scope().Entries(ctx), func(e lake.Entry) bool {
		return ident.Fold(e.Name.Namespace) == ident.Fold(name) && !slices.Contains(inside, e)
	}):
		return x.problem("drop-refused", n.Start, "the schema %s cannot be dropped: it is not empty", name)
	}
	for _, e := range inside {
		if err := x.o.Gate.Allow(x.st, policy.Drop, e.Name, n.Start); err != nil {
			return err
		}
		r, err := x.touch(ctx, e.Name)
		if err != nil {
			return err
		}
		x.forget(r)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if slices.Contains(x.o.Scope.Namespaces(ctx), name) {
		x.namespaces[name] = false
	} else {
		delete(x.namespaces, name)
	}
	return nil
}
