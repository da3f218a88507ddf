package template

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// ref is `ref('name')` and `ref('package', 'name')`, with a version if need be.
func ref(c *jinja.Call) (any, error) {
	r := host(c)
	wanted, err := reference(c, "ref")
	if err != nil {
		return nil, err
	}
	if r.resolve != nil {
		rel, err := r.resolve.Ref(wanted.Package, wanted.Name, wanted.Version)
		return r.resolved(c, rel, err)
	}
	if r.captured != nil && !has(r.captured.Refs, wanted) {
		r.captured.Refs = append(r.captured.Refs, wanted)
	}
	return r.standIn(), nil
}

// reference reads the arguments of ref and metric.
func reference(c *jinja.Call, word string) (Ref, error) {
	wanted := Ref{Place: callPlace(c)}
	for _, n := range c.Named {
		if n.Name != "version" && n.Name != "v" {
			return wanted, bad(c, "`"+word+"` has no argument `"+n.Name+"`").WithHint("write ref('orders', version=2)")
		}
		switch v := n.Value.(type) {
		case nil, string, int64, float64:
			if wanted.Version == nil {
				wanted.Version = v
			}
		default:
			return wanted, bad(c, "the version of a model is a number or a string")
		}
	}
	args, ok := texts(c)
	if !ok || len(args) < 1 || len(args) > 2 {
		return wanted, bad(c, "`"+word+"` takes the name of a model, or of a package and a model, as strings").
			WithHint("write ref('orders') or ref('shop', 'orders')")
	}
	wanted.Name = args[len(args)-1]
	if len(args) == 2 {
		wanted.Package = args[0]
	}
	return wanted, nil
}

// texts returns the arguments of a call, which all have to be strings.
func texts(c *jinja.Call) ([]string, bool) {
	out := make([]string, len(c.Args))
	for i, a := range c.Args {
		s, ok := a.(string)
		if !ok {
			return nil, false
		}
		out[i] = s
	}
	return out, true
}

// source is `source('source', 'table')`.
func source(c *jinja.Call) (any, error) {
	r := host(c)
	args, ok := texts(c)
	if !ok || len(args) != 2 || len(c.Named) > 0 {
		return nil, bad(c, "`source` takes the names of a source and of a table, as strings").
			WithHint("write source('retail', 'invoices')")
	}
	if r.resolve != nil {
		rel, err := r.resolve.Source(args[0], args[1])
		return r.resolved(c, rel, err)
	}
	src := Source{args[0], args[1], callPlace(c)}
	if r.captured != nil && !has(r.captured.Sources, src) {
		r.captured.Sources = append(r.captured.Sources, src)
	}
	return r.standIn(), nil
}

// metric is `metric('name')`, for exposures and the like.
func metric(c *jinja.Call) (any, error) {
	wanted, err := reference(c, "metric")
	if err != nil {
		return nil, err
	}
	if r := host(c); r.captured != nil && !has(r.captured.Metrics, wanted) {
		r.captured.Metrics = append(r.captured.Metrics, wanted)
	}
	return wanted.Name, nil
}

func has[T comparable](list []T, wanted T) bool {
	for _, v := range list {
		if v == wanted {
			return true
		}
	}
	return false
}

// standIn is what ref and source give while it is not known what they mean:
// the relation of the text itself, as in dbt.
func (r *render) standIn() relation.Relation {
	if r.This == (relation.Relation{}) {
		return relation.Relation{Database: relation.Database, Schema: "main", Identifier: "unknown"}
	}
	return r.This
}

// resolved gives the problems of the resolver the place of the call where they
// have none.
func (r *render) resolved(c *jinja.Call, rel relation.Relation, err error) (any, error) {
	if err == nil {
		return rel, nil
	}
	var ps diag.Problems
	ps.AddError("unresolved", callPlace(c), err)
	p := *ps.All()[0]
	if p.Place == (diag.Place{}) {
		p.Place = callPlace(c)
	}
	return nil, &p
}

// isIncremental is is_incremental().
func isIncremental(c *jinja.Call) (any, error) {
	if _, err := c.Bind(); err != nil {
		return nil, err
	}
	r := host(c)
	if r.captured != nil || r.Incremental == nil {
		return false, nil
	}
	return r.Incremental()
}

// doc is `doc('block')` and `doc('package', 'block')`.
func doc(c *jinja.Call) (any, error) {
	r := host(c)
	args, ok := texts(c)
	if !ok || len(args) < 1 || len(args) > 2 || len(c.Named) > 0 {
		return nil, bad(c, "`doc` takes the name of a docs block, or of a package and a block, as strings")
	}
	pkg, name := "", args[len(args)-1]
	if len(args) == 2 {
		pkg = args[0]
	}
	if r.Doc != nil {
		if text, ok := r.Doc(pkg, name); ok {
			return text, nil
		}
	}
	return nil, diag.New("unknown-doc", callPlace(c), "there is no docs block `%s`", name).
		WithHint("write {%% docs %s %%}…{%% enddocs %%} in a Markdown file of the project", name)
}
