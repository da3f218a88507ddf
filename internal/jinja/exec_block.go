package jinja

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// selfRef is `self` in a template with blocks: its attributes are the blocks.
type selfRef struct {
	it   *interp
	page *page
}

// superRef is `super` in a block: called it gives the text of the block that
// it overrides.
type superRef struct {
	page  *page
	name  string
	index int // in the page's bodies of that block
	// around is what the block sees; nil is what the template has set.
	around *scope
}

// Attr returns a block.
func (s *selfRef) Attr(name string) (any, bool) {
	if len(s.page.blocks[name]) == 0 {
		return nil, false
	}
	return &superRef{page: s.page, name: name}, true
}

// Attr returns what it overrides in turn.
func (r *superRef) Attr(name string) (any, bool) {
	if name == "super" {
		return r.page.super(r.name, r.index, r.around), true
	}
	return nil, false
}

// super returns what is below a body of a block.
func (p *page) super(name string, index int, around *scope) any {
	if index+1 >= len(p.blocks[name]) {
		return &python.Undefined{Name: "super", Hint: "there is no block `" + name + "` in a parent"}
	}
	return &superRef{p, name, index + 1, around}
}

func (r *superRef) call(it *interp, c *Call) (any, error) {
	if len(c.Args)+len(c.Named) > 0 {
		return nil, errors.New("takes no arguments")
	}
	b := r.page.blocks[r.name][r.index]
	around := r.around
	if around == nil {
		around = r.page.exported()
	}
	return it.nested(b.node, func() error { return it.runBlock(r.page, r.name, r.index, around) })
}

// execBlock runs the body that counts for a block.
func (it *interp) execBlock(n *syntax.Block, sc *scope) error {
	pg := it.page
	if n.Top && pg.parent != nil {
		return nil
	}
	if pg.blocks[n.Name][0].node.Required {
		return it.fail(n, sc, errors.New("the block `"+n.Name+"` is required, and no template defines it"))
	}
	if it.depth++; it.depth > it.limits.Depth {
		return it.tooDeep(it.tmpl, n.At())
	}
	if !n.Scoped {
		sc = pg.exported()
	}
	err := it.runBlock(pg, n.Name, 0, sc)
	it.depth--
	return err
}

func (it *interp) runBlock(pg *page, name string, index int, around *scope) error {
	b := pg.blocks[name][index]
	outerTmpl, outerPage := it.tmpl, it.page
	defer func() { it.tmpl, it.page = outerTmpl, outerPage }()
	it.tmpl = b.tmpl
	// Inside a block nothing is muted, and its sets are its own.
	it.page = &page{blocks: pg.blocks, top: pg.top, out: &output{}}
	sc := newScope(around, b.node.Blank)
	sc.set("super", pg.super(name, index, around))
	sc.set("self", &selfRef{it: it, page: pg})
	return it.execAll(b.node.Body, sc)
}
