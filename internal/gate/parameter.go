package gate

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// maxParameters bounds how many placeholders a statement may have.
const maxParameters = 1 << 16

// Placeholders returns the engine's types of what a statement has of $1, $2 and
// so on, in this order; that of one which nothing gives a type is "". Nothing
// runs.
func (g *Gate) Placeholders(ctx context.Context, st Statement) ([]string, error) {
	st.Parameters, st.open = nil, true
	p, err := g.pass(ctx, st)
	if err != nil {
		return nil, err
	}
	defer p.close()
	found, err := p.session.Placeholders(ctx, p.sql)
	if err != nil {
		return nil, p.engineProblem(ctx, err)
	}
	cast, err := p.cast(ctx)
	if err != nil {
		return nil, err
	}
	types, err := p.numbered(append(found, cast...))
	if err != nil || !slices.Contains(types, "") {
		return types, err
	}
	return p.hinted(ctx, types)
}

// hinted fills in the types that placeholders have by what stands beside them,
// as far as the engine then knows any.
func (p *passage) hinted(ctx context.Context, types []string) ([]string, error) {
	open := func(name string) bool {
		n, err := strconv.Atoi(name)
		return err == nil && n >= 1 && n <= len(types) && types[n-1] == ""
	}
	if !p.tree.Hint(open) {
		return types, nil
	}
	var again *sqlast.Tree
	var err error
	if p.template, again, err = p.tree.Deparse(ctx, p.parser); err != nil {
		return nil, err
	}
	if err := p.verify(again, p.isPlaceholder); err != nil {
		return nil, err
	}
	if p.sql, err = p.fill(); err != nil {
		return nil, err
	}
	found, err := p.session.Placeholders(ctx, p.sql)
	if err != nil {
		return types, ctx.Err() // what stands there fits nothing of the other's type
	}
	more, err := p.numbered(found)
	for i := range min(len(types), len(more)) {
		if types[i] == "" {
			types[i] = more[i]
		}
	}
	return types, err
}

// Columns returns the columns that a statement's result has whatever the values
// of its placeholders are, which have the engine's types, in order. Where a value
// decides about a column it is an error. Nothing runs.
func (g *Gate) Columns(ctx context.Context, st Statement, types []string) ([]engine.Column, error) {
	st.open, st.Parameters = true, make([]string, len(types))
	for i, t := range types {
		st.Parameters[i] = "CAST($" + strconv.Itoa(i+1) + " AS " + t + ")"
	}
	p, err := g.pass(ctx, st)
	if err != nil {
		return nil, err
	}
	defer p.close()
	return p.describe(ctx)
}

// cast returns the placeholders whose types casts say. So does PostgreSQL see
// them, wherever else they stand.
func (p *passage) cast(ctx context.Context) ([]engine.Column, error) {
	typed := p.tree.TypedPlaceholders()
	if len(typed) == 0 {
		return nil, nil
	}
	tree, err := sqlast.Parse(ctx, p.parser, selectWord+"NULL")
	if err != nil {
		return nil, err
	}
	tree.SelectTyped(typed)
	sql, _, err := tree.Deparse(ctx, p.parser)
	if err != nil {
		return nil, err
	}
	types, err := p.session.Describe(ctx, sql)
	if err != nil {
		return nil, p.engineProblem(ctx, err)
	}
	for i := range types {
		types[i].Name = typed[i].Name
	}
	return types, nil
}

// numbered puts placeholders in the order of their numbers.
func (p *passage) numbered(found []engine.Column) ([]string, error) {
	var types []string
	for _, c := range found {
		n, err := strconv.Atoi(c.Name)
		if err != nil || n < 1 || n > maxParameters {
			return nil, p.problem("parameter", -1, "the placeholder %s has no number from 1 to %d", c.Name, maxParameters).
				WithHint("write $1, $2 and so on")
		}
		types = append(types, make([]string, max(0, n-len(types)))...)
		types[n-1] = c.Type
	}
	return types, nil
}

// bind puts the values in the place of the placeholders.
func (p *passage) bind(ctx context.Context, tree *sqlast.Tree) error {
	if len(p.st.Parameters) == 0 {
		return nil
	}
	values, err := p.constants(ctx)
	if err != nil {
		return err
	}
	return tree.Bind(func(name string, location int) (sqlast.Node, error) {
		n, err := strconv.Atoi(name)
		if err != nil || n < 1 || n > len(values) {
			return nil, p.problem("parameter", location, "there is no value for the placeholder $%s: %d were given", name, len(values))
		}
		value := sqlast.Copy(values[n-1])
		sqlast.Relocate(value, location)
		return value, nil
	})
}

// constants reads the values, which must be nothing but constants.
func (p *passage) constants(ctx context.Context) ([]sqlast.Node, error) {
	text := selectWord + strings.Join(p.st.Parameters, ", ")
	if len(text) > maxStatement || !isText(text) {
		return nil, p.problem("parameter", -1, "the values have %d bytes, or are not text; %d bytes are read", len(text), maxStatement)
	}
	tree, err := sqlast.Parse(ctx, &parser{session: p.session}, text) // they do not come again
	if err != nil {
		return nil, p.problem("parameter", -1, "the values of the placeholders cannot be read: %v", err).WithCause(err)
	}
	if tree.Len() != 1 {
		return nil, errors.New("the values of the placeholders are no values")
	}
	values, ok := sqlast.Values(tree.Query(0))
	if !ok || len(values) != len(p.st.Parameters) || slices.ContainsFunc(values, func(n sqlast.Node) bool { return !sqlast.IsConstant(n) && !(p.st.open && sqlast.IsTyped(n)) }) {
		return nil, p.problem("parameter", -1, "the values of the placeholders are not constants")
	}
	return values, nil
}
