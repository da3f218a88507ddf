package relation

import (
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// nameParts is the parts of a relation's name.
type nameParts struct{ of Relation }

// Attr returns a part.
func (p nameParts) Attr(name string) (any, bool) {
	switch name {
	case "database", "schema", "identifier":
		return p.of.Attr(name)
	}
	return nil, false
}

// Str prints it as its relation.
func (p nameParts) Str() string { return p.of.Name() }

// policy is a set of parts, as relations show what they quote and include.
type policy parts

// Attr tells of one part.
func (p policy) Attr(name string) (any, bool) {
	v, ok := p.dict()[name]
	return v, ok
}

func (p policy) dict() map[string]any {
	return map[string]any{
		"database": parts(p)&partDatabase != 0, "schema": parts(p)&partSchema != 0, "identifier": parts(p)&partIdentifier != 0,
	}
}

// Class is api.Relation.
type Class struct{}

// Attr returns its functions and constants.
func (Class) Attr(name string) (any, bool) {
	for known, f := range map[string]jinja.Callable{
		"create": createRelation, "create_from": createFrom, "create_ephemeral_from": createEphemeral,
		"add_ephemeral_prefix": addEphemeralPrefix, "scd_args": scdArgs,
	} {
		if known == name {
			return jinja.NewFunc(name, f), true
		}
	}
	return Class{}.constant(name)
}

// constant returns the names of the types.
func (Class) constant(name string) (any, bool) {
	v, ok := map[string]string{
		"Table": TypeTable, "View": TypeView, "CTE": TypeCTE, "External": TypeExternal,
		"MaterializedView": TypeMaterializedView, "PointerTable": "pointer", "Function": "function",
	}[name]
	return v, ok
}

// createRelation is api.Relation.create.
func createRelation(c *jinja.Call) (any, error) {
	b, err := c.Bind("database?", "schema?", "identifier?", "type?", "quote_policy?", "include_policy?",
		"limit?", "dbt_created?", "external?", "require_alias?", "catalog_name?", "quote_character?")
	if err != nil {
		return nil, err
	}
	var r Relation
	for i, part := range []*string{&r.Database, &r.Schema, &r.Identifier, &r.Type} {
		if *part, err = python.Text(b.Any(i, nil)); err != nil {
			return nil, err
		}
	}
	if err := r.policies(b.Any(4, nil), b.Any(5, nil)); err != nil {
		return nil, err
	}
	if b.Any(6, nil) != nil {
		n, err := b.Int(6, 0)
		if err != nil {
			return nil, err
		}
		r.Limited, r.Limit = true, int(n)
	}
	r.External, err = python.Text(b.Any(8, nil))
	return r, err
}

// policies sets what is quoted and included, from dicts or policies.
func (r *Relation) policies(quote, include any) error {
	for _, p := range []struct {
		from any
		set  *parts
	}{{quote, &r.unquoted}, {include, &r.hidden}} {
		given, ok := p.from.(policy)
		if ok {
			*p.set = ^parts(given)
			continue
		}
		v, err := python.ToGo(p.from)
		if err != nil {
			return err
		}
		m, _ := v.(map[string]any)
		for i, name := range []string{"database", "schema", "identifier"} {
			if on, ok := m[name].(bool); ok {
				*p.set |= parts(1) << i
				if on {
					*p.set &^= parts(1) << i
				}
			}
		}
	}
	return nil
}

// incorporate returns the relation with some of it replaced: `path={…}`,
// `type=…`, policies, or the parts themselves.
func (r Relation) incorporate(c *jinja.Call) (any, error) {
	if len(c.Args) > 0 {
		return nil, misuse(c, "`incorporate` takes names, such as type='view' or path={'identifier': 'x'}")
	}
	for _, n := range c.Named {
		var err error
		switch n.Name {
		case "path":
			err = r.incorporatePath(n.Value)
		case "type":
			r.Type, err = python.Text(n.Value)
		case "external":
			r.External, err = python.Text(n.Value)
		case "quote_policy":
			err = r.policies(n.Value, nil)
		case "include_policy":
			err = r.policies(nil, n.Value)
		case "limit":
			n, ok := n.Value.(int64)
			r.Limited, r.Limit = ok, int(n)
		case "dbt_created", "require_alias", "catalog", "quote_character":
		default:
			err = misuse(c, "a relation has no `"+n.Name+"` to incorporate")
		}
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Relation) incorporatePath(v any) error {
	if p, ok := v.(nameParts); ok {
		r.Database, r.Schema, r.Identifier = p.of.Database, p.of.Schema, p.of.Identifier
		return nil
	}
	v, err := python.ToGo(v)
	if err != nil {
		return err
	}
	m, _ := v.(map[string]any)
	for name, part := range map[string]*string{"database": &r.Database, "schema": &r.Schema, "identifier": &r.Identifier} {
		if v, ok := m[name]; ok {
			if *part, err = python.Text(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// createFrom is api.Relation.create_from(config, node).
func createFrom(c *jinja.Call) (any, error) {
	b, err := c.Bind("quoting", "relation_config")
	if err != nil {
		return nil, err
	}
	return relationOfNode(b.Any(1, nil))
}

func relationOfNode(v any) (Relation, error) {
	v, err := python.ToGo(v)
	if err != nil {
		return Relation{}, err
	}
	node, _ := v.(map[string]any)
	var r Relation
	r.Database, _ = node["database"].(string)
	r.Schema, _ = node["schema"].(string)
	for _, key := range []string{"identifier", "alias", "name"} {
		if name, ok := node[key].(string); ok && name != "" {
			r.Identifier = name
			break
		}
	}
	return r, nil
}

func createEphemeral(c *jinja.Call) (any, error) {
	b, err := c.Bind("relation_config", "limit?", "event_time_filter?")
	if err != nil {
		return nil, err
	}
	r, err := relationOfNode(b.Any(0, nil))
	return Ephemeral(r.Identifier), err
}

func addEphemeralPrefix(c *jinja.Call) (any, error) {
	b, err := c.Bind("name")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	return ephemeralPrefix + name, err
}

// scdArgs lists what a snapshot's key is made of.
func scdArgs(c *jinja.Call) (any, error) {
	b, err := c.Bind("primary_key", "updated_at")
	if err != nil {
		return nil, err
	}
	out := python.NewList()
	if keys, ok := b.Any(0, nil).(*python.List); ok {
		out.Items = append(out.Items, keys.Items...)
	} else {
		out.Items = append(out.Items, b.Any(0, nil))
	}
	out.Items = append(out.Items, b.Any(1, nil))
	return out, nil
}
