package relation

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Str is how the relation stands in SQL.
func (r Relation) Str() string { return r.String() }

// Repr is how it stands in lists.
func (r Relation) Repr() string { return "<DuckDBRelation " + r.Name() + ">" }

// TypeName says in errors what it is.
func (r Relation) TypeName() string { return "relation" }

// Equal compares as templates do: relations of one name and type are equal.
func (r Relation) Equal(other any) bool {
	o, ok := other.(Relation)
	return ok && r == o
}

// Plain is the relation where plain values are wanted.
func (r Relation) Plain() any { return r.String() }

// relationKeys are what a relation has as a mapping, which dbt's are.
var relationKeys = []any{"path", "type", "quote_character", "include_policy", "quote_policy", "dbt_created", "limit", "require_alias", "external"}

// Keys makes it a mapping.
func (Relation) Keys() []any { return relationKeys }

// Item is `relation['schema']`.
func (r Relation) Item(key any) (any, bool, error) {
	name, _ := key.(string)
	v, ok := r.Attr(name)
	return v, ok, nil
}

// Hash makes it a key.
func (r Relation) Hash() (any, bool) { return r, true }

// Attr returns what dbt's relations have.
func (r Relation) Attr(name string) (any, bool) {
	switch name {
	case "database":
		return python.OrNone(r.Database), true
	case "schema":
		return python.OrNone(r.Schema), true
	case "identifier", "name", "table":
		if r.CTE != "" {
			return r.CTE, true
		}
		return python.OrNone(r.Identifier), true
	case "type":
		return python.OrNone(r.Type), true
	case "quote_character":
		return `"`, true
	case "path":
		return nameParts{r}, true
	case "include_policy":
		return policy(^r.hidden), true
	case "quote_policy":
		return policy(^r.unquoted), true
	case "external":
		return python.OrNone(r.External), true
	case "limit":
		if r.Limited {
			return r.Limit, true
		}
		return nil, true
	}
	if name == "get" {
		return jinja.NewFunc(name, r.get), true
	}
	if v, ok := r.is(name); ok {
		return v, true
	}
	if f, ok := methods[name]; ok {
		return jinja.NewFunc(name, func(c *jinja.Call) (any, error) { return f(r, c) }), true
	}
	return Class{}.constant(name)
}

// is answers what the relation is.
func (r Relation) is(name string) (bool, bool) {
	switch name {
	case "is_table":
		return r.Type == TypeTable, true
	case "is_view":
		return r.Type == TypeView, true
	case "is_cte":
		return r.Type == TypeCTE, true
	case "is_materialized_view":
		return r.Type == TypeMaterializedView, true
	case "is_external":
		return r.Type == TypeExternal, true
	case "is_pointer", "is_function", "is_dynamic_table", "can_be_renamed", "can_be_replaced", "dbt_created", "require_alias":
		return false, true
	}
	return false, false
}

// methods are the functions of a relation.
var methods = map[string]func(Relation, *jinja.Call) (any, error){
	"render": func(r Relation, c *jinja.Call) (any, error) {
		_, err := c.Bind()
		return r.Name(), err
	},
	"render_limited": func(r Relation, c *jinja.Call) (any, error) {
		_, err := c.Bind()
		r.Filter = ""
		return r.String(), err
	},
	"quoted": func(_ Relation, c *jinja.Call) (any, error) {
		b, err := c.Bind("identifier")
		if err != nil {
			return nil, err
		}
		name, err := b.String(0, "")
		return ident.Quote(name), err
	},
	"quote": func(r Relation, c *jinja.Call) (any, error) {
		err := choose(c, &r.unquoted)
		return r, err
	},
	"include": func(r Relation, c *jinja.Call) (any, error) {
		err := choose(c, &r.hidden)
		return r, err
	},
	"without_identifier": func(r Relation, c *jinja.Call) (any, error) {
		_, err := c.Bind()
		r.Identifier = ""
		r.hidden |= partIdentifier
		return r, err
	},
	"information_schema": func(r Relation, c *jinja.Call) (any, error) {
		b, err := c.Bind("view_name?")
		view, _ := b.Any(0, nil).(string)
		return r.informationSchema(view), err
	},
	"information_schema_only": func(r Relation, c *jinja.Call) (any, error) {
		_, err := c.Bind()
		return r.informationSchema(""), err
	},
	"replace_path": func(r Relation, c *jinja.Call) (any, error) {
		err := r.rename(c)
		return r, err
	},
	"incorporate":           func(r Relation, c *jinja.Call) (any, error) { return r.incorporate(c) },
	"replace":               func(r Relation, c *jinja.Call) (any, error) { return r.incorporate(c) },
	"matches":               func(r Relation, c *jinja.Call) (any, error) { return r.matches(c) },
	"to_dict":               func(r Relation, c *jinja.Call) (any, error) { return r.dict(), nil },
	"add_ephemeral_prefix":  ofClass(addEphemeralPrefix),
	"create":                ofClass(createRelation),
	"create_from":           ofClass(createFrom),
	"create_ephemeral_from": ofClass(createEphemeral),
	"scd_args":              ofClass(scdArgs),
}

func ofClass(f jinja.Callable) func(Relation, *jinja.Call) (any, error) {
	return func(_ Relation, c *jinja.Call) (any, error) { return f(c) }
}

// choose reads `database=…, schema=…, identifier=…`: a part that is given true
// leaves the set, one that is given false joins it.
func choose(c *jinja.Call, set *parts) error {
	b, err := c.Bind("database?", "schema?", "identifier?")
	if err != nil {
		return err
	}
	for i := range 3 {
		if b.Any(i, nil) == nil {
			continue
		}
		bit := parts(1) << i
		*set |= bit
		if b.Bool(i, false) {
			*set &^= bit
		}
	}
	return nil
}

// rename changes parts of the name.
func (r *Relation) rename(c *jinja.Call) error {
	b, err := c.Bind("database?", "schema?", "identifier?")
	if err != nil {
		return err
	}
	for i, part := range []*string{&r.Database, &r.Schema, &r.Identifier} {
		if b.Has(i) {
			if *part, err = python.Text(b.Any(i, nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

// matches compares the parts that are given. dbt takes a match that differs by
// case for an error.
func (r Relation) matches(c *jinja.Call) (any, error) {
	b, err := c.Bind("database?", "schema?", "identifier?")
	if err != nil {
		return nil, err
	}
	asked, exact, near := false, true, true
	for i, part := range []string{r.Database, r.Schema, r.Identifier} {
		if b.Any(i, nil) == nil {
			continue
		}
		asked = true
		wanted, err := b.String(i, "")
		if err != nil {
			return nil, err
		}
		exact = exact && wanted == part
		near = near && ident.Fold(wanted) == ident.Fold(part)
	}
	switch {
	case !asked:
		return nil, misuse(c, "`matches` was given nothing to compare")
	case near && !exact:
		return nil, misuse(c, fmt.Sprintf("%s is there, and only the case of its letters differs from what was asked for", r.Name()))
	}
	return exact, nil
}

func (r Relation) get(c *jinja.Call) (any, error) {
	b, err := c.Bind("key", "default?")
	if err != nil {
		return nil, err
	}
	key, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	if key == "metadata" {
		return map[string]any{"type": "DuckDBRelation"}, nil
	}
	if v, ok := r.Attr(key); ok {
		return v, nil
	}
	return b.Any(1, nil), nil
}

func (r Relation) dict() any {
	return map[string]any{
		"path":            map[string]any{"database": python.OrNone(r.Database), "schema": python.OrNone(r.Schema), "identifier": python.OrNone(r.Identifier)},
		"type":            python.OrNone(r.Type),
		"quote_character": `"`,
		"include_policy":  policy(^r.hidden).dict(),
		"quote_policy":    policy(^r.unquoted).dict(),
	}
}

// misuse is the error of a call that cannot mean anything.
func misuse(c *jinja.Call, message string) error {
	line, column := c.Place()
	return diag.New("bad-call", diag.Place{File: c.Template(), Line: line, Column: column}, "%s", message)
}
