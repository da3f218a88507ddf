package jinja

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// page is one template that is being rendered, with those it extends.
type page struct {
	// blocks are the bodies of each block, the one that counts first.
	blocks map[string][]placedBlock
	// top is the scope of the template whose statements are being run.
	top *scope
	// out is what its text is written to.
	out *output
	// parent is what `extends` named. From there on the template's own text
	// does not count.
	parent *Template
}

// placedBlock is a block with the template that it stands in.
type placedBlock struct {
	node *syntax.Block
	tmpl *Template
}

// module is what `import` gives: the names that a template sets.
type module struct {
	name  string
	attrs *python.Dict
	text  string
}

// TypeName is what errors call it.
func (m *module) TypeName() string { return "module" }

// Str returns the text of the template.
func (m *module) Str() string { return m.text }

// Repr returns how it prints inside of lists.
func (m *module) Repr() string { return "<TemplateModule " + python.Quote(m.name) + ">" }

// Attr returns a name that the template sets.
func (m *module) Attr(name string) (any, bool) { return m.attrs.GetString(name) }

func (p *page) add(t *Template) {
	for _, b := range t.tree.Blocks {
		p.blocks[b.Name] = append(p.blocks[b.Name], placedBlock{b, t})
	}
}

// execTemplate runs a template, and the templates that it extends.
func (it *interp) execTemplate(t *Template) error {
	_, err := it.execPage(t, nil)
	return err
}

// execPage runs a template within a scope, and returns its own.
func (it *interp) execPage(t *Template, around *scope) (*scope, error) {
	outerPage, outerTmpl := it.page, it.tmpl
	defer func() { it.page, it.tmpl = outerPage, outerTmpl }()
	pg := &page{out: it.out}
	it.page = pg
	for sc := around; ; {
		it.tmpl = t
		if len(t.tree.Blocks) > 0 && pg.blocks == nil {
			pg.blocks = map[string][]placedBlock{}
		}
		pg.add(t)
		pg.top = newScope(sc, t.tree.Blank)
		if len(t.tree.Blocks) > 0 {
			pg.top.set("self", &selfRef{it: it, page: pg})
		}
		pg.parent = nil
		if err := it.execAll(t.tree.Body, pg.top); err != nil {
			return nil, err
		}
		if pg.parent == nil {
			return pg.top, nil
		}
		if it.depth++; it.depth > it.limits.Depth {
			return nil, it.tooDeep(t, 0)
		}
		sc, t = pg.exported(), pg.parent
	}
}

// exported returns the scope that blocks and parents see: what the template
// has set at its top so far.
func (p *page) exported() *scope {
	sc := &scope{outer: p.top.outer}
	for i, name := range p.top.names {
		if u, ok := p.top.values[i].(*python.Undefined); !ok || !u.Blank {
			sc.set(name, p.top.values[i])
		}
	}
	return sc
}

// muted reports whether text that is written here does not count.
func (it *interp) muted() bool {
	return it.page != nil && it.page.parent != nil && it.out == it.page.out
}

// load returns the template that an expression names: a name, or a list of
// names of which the first that exists is taken. It is nil if there is none.
func (it *interp) load(e syntax.Expr, sc *scope) (*Template, string, error) {
	v, err := it.eval(e, sc)
	if err != nil {
		return nil, "", err
	}
	names, several := []any{v}, true
	switch v := v.(type) {
	case *python.List:
		names = v.Items
	case python.Tuple:
		names = v
	default:
		several = false
	}
	var asked []string
	for _, name := range names {
		if _, missing := name.(*python.Undefined); missing && several {
			continue
		}
		text, ok := name.(string)
		if !ok {
			return nil, "", it.fail(e, sc, python.UndefinedOr(fmt.Errorf("the name of a template is a str, not %s", python.TypeName(name)), name))
		}
		t, err := it.env.load(text)
		if err != nil {
			return nil, "", it.fail(e, sc, err)
		}
		if t != nil {
			return t, "", nil
		}
		asked = append(asked, text)
	}
	return nil, strings.Join(asked, "`, `"), nil
}

// loadOne returns the template of one name, which has to be there.
func (it *interp) loadOne(e syntax.Expr, sc *scope) (*Template, error) {
	v, err := it.eval(e, sc)
	if err != nil {
		return nil, err
	}
	name, ok := v.(string)
	if !ok {
		return nil, it.fail(e, sc, python.UndefinedOr(fmt.Errorf("the name of a template is a str, not %s", python.TypeName(v)), v))
	}
	t, err := it.env.load(name)
	if err == nil && t == nil {
		err = errNoTemplate(name)
	}
	if err != nil {
		return nil, it.fail(e, sc, err)
	}
	return t, nil
}

func errNoTemplate(name string) error {
	return &fault{-1, Error{Kind: UnknownTemplate, Name: name, Message: "there is no template `" + name + "`"}}
}

// load returns the template of a name, nil if there is none.
func (e *Env) load(name string) (*Template, error) {
	if t, ok := e.loaded.Load(name); ok {
		return t.(*Template), nil
	}
	if e.Load == nil {
		return nil, nil
	}
	source, ok, err := e.Load(name)
	if err != nil || !ok {
		return nil, err
	}
	t, err := e.Parse(name, source)
	if err == nil {
		e.loaded.Store(name, t)
	}
	return t, err
}

func (it *interp) execInclude(n *syntax.Include, sc *scope) error {
	t, asked, err := it.load(n.Name, sc)
	switch {
	case err != nil:
		return err
	case t == nil && n.Ignore:
		return nil
	case t == nil:
		return it.fail(n.Name, sc, errNoTemplate(asked))
	}
	if it.depth++; it.depth > it.limits.Depth {
		return it.tooDeep(it.tmpl, n.At())
	}
	defer it.isolate(n.Context)()
	if !n.Context {
		sc = nil
	}
	_, err = it.execPage(t, sc)
	it.depth--
	return err
}

// isolate hides the globals of the render, unless there is context; what it
// returns brings them back.
func (it *interp) isolate(context bool) (restore func()) {
	outer := it.space
	if !context {
		it.space = &space{globals: &Globals{Host: outer.globals.Host}}
	}
	return func() { it.space = outer }
}

// importTemplate runs a template for the names that it sets.
func (it *interp) importTemplate(n syntax.Node, name syntax.Expr, context bool, sc *scope) (*module, error) {
	t, err := it.loadOne(name, sc)
	if err != nil {
		return nil, err
	}
	if m, ok := it.modules[t]; ok && !context {
		return m, nil
	}
	defer it.isolate(context)()
	if !context {
		sc = nil
	}
	m := &module{name: t.src.Name, attrs: python.NewDict()}
	var top *scope
	text, err := it.nested(n, func() (err error) {
		top, err = it.execPage(t, sc)
		return err
	})
	if err != nil {
		return nil, err
	}
	m.text, _ = text.(string)
	for i, name := range top.names {
		if u, ok := top.values[i].(*python.Undefined); !strings.HasPrefix(name, "_") && name != "self" && (!ok || !u.Blank) {
			m.attrs.SetString(name, top.values[i])
		}
	}
	if !context {
		if it.modules == nil {
			it.modules = map[*Template]*module{}
		}
		it.modules[t] = m
	}
	return m, nil
}

func (it *interp) execImport(n *syntax.Import, sc *scope) error {
	m, err := it.importTemplate(n, n.Name, n.Context, sc)
	if err == nil {
		sc.set(n.As, m)
	}
	return err
}

func (it *interp) execFrom(n *syntax.From, sc *scope) error {
	m, err := it.importTemplate(n, n.Name, n.Context, sc)
	if err != nil {
		return err
	}
	for _, part := range n.Names {
		v, ok := m.attrs.GetString(part.Name)
		if !ok {
			v = &python.Undefined{Name: part.Name, Hint: "the template `" + m.name + "` does not set `" + part.Name + "`"}
		}
		sc.set(part.As, v)
	}
	return nil
}

func (it *interp) execExtends(n *syntax.Extends, sc *scope) error {
	if it.page.parent != nil {
		return it.fail(n, sc, errors.New("a template extends one other only"))
	}
	t, err := it.loadOne(n.Name, sc)
	if err == nil {
		it.page.parent = t
	}
	return err
}
