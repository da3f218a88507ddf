package jinja

import (
	"fmt"
	"strconv"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

func (it *interp) execAll(body []node, sc *scope) error {
	for _, n := range body {
		if err := it.exec(n, sc); err != nil {
			return err
		}
	}
	return nil
}

// exec runs one statement.
func (it *interp) exec(n node, sc *scope) error {
	switch n := n.(type) {
	case *textNode:
		if it.muted() {
			return nil
		}
		it.mark(n, false)
		return it.placed(n, sc, it.write(n.text))
	case *printNode:
		return it.execPrint(n, sc)
	case *ifNode:
		return it.execIf(n, sc)
	case *forNode:
		return it.execFor(n, sc)
	case *setNode:
		v, err := it.eval(n.value, sc)
		if err != nil {
			return err
		}
		return it.assign(&n.target, v, sc)
	case *setBlockNode:
		return it.execSetBlock(n, sc)
	case *filterBlockNode:
		return it.execFilterBlock(n, sc)
	case *macroNode:
		sc.set(n.name, &macro{node: n, scope: sc, tmpl: it.tmpl, space: it.space})
		return nil
	case *callBlockNode:
		return it.execCallBlock(n, sc)
	case *doNode:
		_, err := it.eval(n.value, sc)
		return err
	case *withNode:
		return it.execWith(n, sc)
	case *definitionNode:
		return nil
	}
	return it.execOther(n, sc)
}

// execOther runs the statements that have to do with other templates, and
// those that end a loop or its turn.
func (it *interp) execOther(n node, sc *scope) error {
	switch n := n.(type) {
	case *includeNode:
		return it.execInclude(n, sc)
	case *importNode:
		return it.execImport(n, sc)
	case *fromNode:
		return it.execFrom(n, sc)
	case *extendsNode:
		return it.execExtends(n, sc)
	case *blockNode:
		return it.execBlock(n, sc)
	case *autoescapeNode:
		if _, err := it.eval(n.value, sc); err != nil {
			return err
		}
		return it.execAll(n.body, newScope(sc, n.blank))
	case *loopControlNode:
		return n.signal
	}
	return it.fail(n, sc, fmt.Errorf("this statement cannot stand here"))
}

func (it *interp) placed(n node, sc *scope, err error) error {
	if err != nil {
		return it.fail(n, sc, err)
	}
	return nil
}

func (it *interp) execPrint(n *printNode, sc *scope) error {
	if it.muted() {
		return nil
	}
	v, err := it.eval(n.value, sc)
	if err != nil {
		return err
	}
	return it.placed(n, sc, it.print(n, v))
}

// print writes a value as what a node gives.
func (it *interp) print(n node, v any) error {
	s, err := python.Str(v)
	if err != nil {
		return err
	}
	it.mark(n, true)
	return it.write(s)
}

func (it *interp) execIf(n *ifNode, sc *scope) error {
	v, err := it.eval(n.test, sc)
	switch {
	case err != nil:
		return err
	case python.Truth(v):
		return it.execAll(n.then, sc)
	}
	return it.execAll(n.or, sc)
}

func (it *interp) execSetBlock(n *setBlockNode, sc *scope) error {
	text, err := it.capture(n.body, newScope(sc, n.blank))
	if err != nil {
		return err
	}
	v, err := it.filtered(n.filter, text, sc)
	if err != nil {
		return err
	}
	return it.assign(&n.target, v, sc)
}

func (it *interp) execFilterBlock(n *filterBlockNode, sc *scope) error {
	text, err := it.capture(n.body, newScope(sc, n.blank))
	if err != nil {
		return err
	}
	v, err := it.filtered(n.filter, text, sc)
	if err != nil {
		return err
	}
	return it.placed(n, sc, it.print(n, v))
}

// filtered applies the filters of a block to its text.
func (it *interp) filtered(filter expr, text string, sc *scope) (any, error) {
	if filter == nil {
		return text, nil
	}
	outer := it.captured
	it.captured = text
	v, err := it.eval(filter, sc)
	it.captured = outer
	return v, err
}

func (it *interp) execCallBlock(n *callBlockNode, sc *scope) error {
	fn, err := it.eval(n.call.fn, sc)
	if err != nil {
		return err
	}
	c := &Call{it: it, tmpl: it.tmpl, pos: n.call.at()}
	if err := it.arguments(c, &n.call.args, sc); err != nil {
		return err
	}
	body := &macro{node: n.body, scope: sc, tmpl: it.tmpl, space: it.space}
	c.Named = append(c.Named, python.Named{Name: "caller", Value: body})
	v, err := it.invoke(fn, c)
	if err == nil {
		err = it.print(n.call, v)
	}
	return it.placed(n.call, sc, err)
}

func (it *interp) execWith(n *withNode, sc *scope) error {
	inner := newScope(sc, n.blank)
	for i := range n.targets {
		v, err := it.eval(n.values[i], sc)
		if err != nil {
			return err
		}
		if err := it.assign(&n.targets[i], v, inner); err != nil {
			return err
		}
	}
	return it.execAll(n.body, inner)
}

// assign sets a name, an attribute of a namespace, or the names of a tuple.
func (it *interp) assign(to *target, v any, sc *scope) error {
	switch {
	case to.tuple:
		return it.unpack(to, v, sc)
	case to.attr == "":
		sc.set(to.name, v)
		return nil
	}
	ns, ok := it.lookup(to.name, sc).(*python.Namespace)
	if !ok {
		return it.fail(to, sc, fmt.Errorf("`%s` is no namespace: only those have attributes that `set` can assign", to.name))
	}
	ns.Set(to.attr, v)
	return nil
}

func (it *interp) unpack(to *target, v any, sc *scope) error {
	items, err := python.Collect(v)
	if err != nil {
		return it.fail(to, sc, python.UndefinedOr(fmt.Errorf("cannot unpack %s", python.TypeName(v)), v))
	}
	if len(items) != len(to.parts) {
		return it.fail(to, sc, fmt.Errorf("there are %s to unpack into %s",
			count(len(items), "value"), count(len(to.parts), "name")))
	}
	for i := range to.parts {
		if err := it.assign(&to.parts[i], items[i], sc); err != nil {
			return err
		}
	}
	return nil
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
