package jinja

import (
	"fmt"
	"strconv"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

func (it *interp) execAll(body []syntax.Node, sc *scope) error {
	for _, n := range body {
		if err := it.exec(n, sc); err != nil {
			return err
		}
	}
	return nil
}

// exec runs one statement.
func (it *interp) exec(n syntax.Node, sc *scope) error {
	switch n := n.(type) {
	case *syntax.Text:
		if it.muted() {
			return nil
		}
		it.mark(n, false)
		return it.placed(n, sc, it.write(n.Text))
	case *syntax.Print:
		return it.execPrint(n, sc)
	case *syntax.If:
		return it.execIf(n, sc)
	case *syntax.For:
		return it.execFor(n, sc)
	case *syntax.Set:
		v, err := it.eval(n.Value, sc)
		if err != nil {
			return err
		}
		return it.assign(&n.Target, v, sc)
	case *syntax.SetBlock:
		return it.execSetBlock(n, sc)
	case *syntax.FilterBlock:
		return it.execFilterBlock(n, sc)
	case *syntax.Macro:
		sc.set(n.Name, &macro{node: n, scope: sc, tmpl: it.tmpl, space: it.space})
		return nil
	case *syntax.CallBlock:
		return it.execCallBlock(n, sc)
	case *syntax.Do:
		_, err := it.eval(n.Value, sc)
		return err
	case *syntax.With:
		return it.execWith(n, sc)
	case *syntax.Definition:
		return nil
	}
	return it.execOther(n, sc)
}

// execOther runs the statements that have to do with other templates, and
// those that end a loop or its turn.
func (it *interp) execOther(n syntax.Node, sc *scope) error {
	switch n := n.(type) {
	case *syntax.Include:
		return it.execInclude(n, sc)
	case *syntax.Import:
		return it.execImport(n, sc)
	case *syntax.From:
		return it.execFrom(n, sc)
	case *syntax.Extends:
		return it.execExtends(n, sc)
	case *syntax.Block:
		return it.execBlock(n, sc)
	case *syntax.Autoescape:
		if _, err := it.eval(n.Value, sc); err != nil {
			return err
		}
		return it.execAll(n.Body, newScope(sc, n.Blank))
	case *syntax.LoopControl:
		if n.Next {
			return errContinue
		}
		return errBreak
	}
	return it.fail(n, sc, fmt.Errorf("this statement cannot stand here"))
}

func (it *interp) placed(n syntax.Node, sc *scope, err error) error {
	if err != nil {
		return it.fail(n, sc, err)
	}
	return nil
}

func (it *interp) execPrint(n *syntax.Print, sc *scope) error {
	if it.muted() {
		return nil
	}
	v, err := it.eval(n.Value, sc)
	if err != nil {
		return err
	}
	return it.placed(n, sc, it.print(n, v))
}

// print writes a value as what a node gives.
func (it *interp) print(n syntax.Node, v any) error {
	s, err := python.Str(v)
	if err != nil {
		return err
	}
	it.mark(n, true)
	return it.write(s)
}

func (it *interp) execIf(n *syntax.If, sc *scope) error {
	v, err := it.eval(n.Test, sc)
	switch {
	case err != nil:
		return err
	case python.Truth(v):
		return it.execAll(n.Then, sc)
	}
	return it.execAll(n.Or, sc)
}

func (it *interp) execSetBlock(n *syntax.SetBlock, sc *scope) error {
	text, err := it.capture(n.Body, newScope(sc, n.Blank))
	if err != nil {
		return err
	}
	v, err := it.filtered(n.Filter, text, sc)
	if err != nil {
		return err
	}
	return it.assign(&n.Target, v, sc)
}

func (it *interp) execFilterBlock(n *syntax.FilterBlock, sc *scope) error {
	text, err := it.capture(n.Body, newScope(sc, n.Blank))
	if err != nil {
		return err
	}
	v, err := it.filtered(n.Filter, text, sc)
	if err != nil {
		return err
	}
	return it.placed(n, sc, it.print(n, v))
}

// filtered applies the filters of a block to its text.
func (it *interp) filtered(filter syntax.Expr, text string, sc *scope) (any, error) {
	if filter == nil {
		return text, nil
	}
	outer := it.captured
	it.captured = text
	v, err := it.eval(filter, sc)
	it.captured = outer
	return v, err
}

func (it *interp) execCallBlock(n *syntax.CallBlock, sc *scope) error {
	fn, err := it.eval(n.Call.Fn, sc)
	if err != nil {
		return err
	}
	c := &Call{it: it, tmpl: it.tmpl, pos: n.Call.At()}
	if err := it.arguments(c, &n.Call.Args, sc); err != nil {
		return err
	}
	body := &macro{node: n.Body, scope: sc, tmpl: it.tmpl, space: it.space}
	c.Named = append(c.Named, python.Named{Name: "caller", Value: body})
	v, err := it.invoke(fn, c)
	if err == nil {
		err = it.print(n.Call, v)
	}
	return it.placed(n.Call, sc, err)
}

func (it *interp) execWith(n *syntax.With, sc *scope) error {
	inner := newScope(sc, n.Blank)
	for i := range n.Targets {
		v, err := it.eval(n.Values[i], sc)
		if err != nil {
			return err
		}
		if err := it.assign(&n.Targets[i], v, inner); err != nil {
			return err
		}
	}
	return it.execAll(n.Body, inner)
}

// assign sets a name, an attribute of a namespace, or the names of a tuple.
func (it *interp) assign(to *syntax.Target, v any, sc *scope) error {
	switch {
	case to.Tuple:
		return it.unpack(to, v, sc)
	case to.Attr == "":
		sc.set(to.Name, v)
		return nil
	}
	ns, ok := it.lookup(to.Name, sc).(*python.Namespace)
	if !ok {
		return it.fail(to, sc, fmt.Errorf("`%s` is no namespace: only those have attributes that `set` can assign", to.Name))
	}
	ns.Set(to.Attr, v)
	return nil
}

func (it *interp) unpack(to *syntax.Target, v any, sc *scope) error {
	items, err := python.Collect(v)
	if err != nil {
		return it.fail(to, sc, python.UndefinedOr(fmt.Errorf("cannot unpack %s", python.TypeName(v)), v))
	}
	if len(items) != len(to.Parts) {
		return it.fail(to, sc, fmt.Errorf("there are %s to unpack into %s",
			count(len(items), "value"), count(len(to.Parts), "name")))
	}
	for i := range to.Parts {
		if err := it.assign(&to.Parts[i], items[i], sc); err != nil {
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
