package jinja

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// loop is the variable `loop` inside a for, and what drives it.
type loop struct {
	node  *syntax.For
	scope *scope // around the for
	items *python.Iterator
	depth int

	index   int // of the current item, from 0
	current any
	before  any
	ahead   []any // items read before their turn
	ended   bool
	changed []any
}

func (it *interp) execFor(n *syntax.For, sc *scope) error {
	v, err := it.eval(n.Over, sc)
	if err != nil {
		return err
	}
	return it.runLoop(n, v, sc, 0)
}

// runLoop runs a for over a value.
func (it *interp) runLoop(n *syntax.For, v any, sc *scope, depth int) error {
	items, err := python.Iterate(v)
	if err != nil {
		return it.fail(n.Over, sc, err)
	}
	l := &loop{node: n, scope: sc, items: items, depth: depth, index: -1}
	if n.Test != nil {
		l.items = it.filteredItems(n, items, sc)
	}
	whole := false // one turn has run to its end
	for more := true; more; {
		more, err = l.advance()
		if err == nil {
			err = it.step(1)
		}
		if err != nil {
			return it.fail(n.Over, sc, err)
		}
		if !more {
			break
		}
		inner := newScope(sc, n.Blank)
		if n.UsesLoop || n.Recursive {
			inner.set("loop", l)
		}
		if err := it.assign(&n.Target, l.current, inner); err != nil {
			return err
		}
		switch err := it.execAll(n.Body, inner); {
		case err == nil:
			whole = true
		case errors.Is(err, errBreak):
			more = false
		case !errors.Is(err, errContinue):
			return err
		}
	}
	if !whole { // also after turns that all ended early: so does jinja2
		return it.execAll(n.Or, newScope(sc, n.OrBlank))
	}
	return nil
}

// filteredItems is `for x in y if test`.
func (it *interp) filteredItems(n *syntax.For, items *python.Iterator, sc *scope) *python.Iterator {
	return python.NewIterator("for", func() (any, bool, error) {
		for {
			item, ok, err := items.Next()
			if err != nil || !ok {
				return nil, false, err
			}
			if err := it.step(1); err != nil {
				return nil, false, err
			}
			inner := &scope{outer: sc}
			if err := it.assign(&n.Target, item, inner); err != nil {
				return nil, false, err
			}
			keep, err := it.eval(n.Test, inner)
			if err != nil {
				return nil, false, err
			}
			if python.Truth(keep) {
				return item, true, nil
			}
		}
	})
}

// advance makes the next item the current one.
func (l *loop) advance() (bool, error) {
	ok, err := l.peek()
	if err != nil || !ok {
		return false, err
	}
	l.before, l.current = l.current, l.ahead[0]
	l.ahead = l.ahead[1:]
	l.index++
	return true, nil
}

// peek reads one item ahead; false is the end.
func (l *loop) peek() (bool, error) {
	if len(l.ahead) > 0 {
		return true, nil
	}
	if l.ended {
		return false, nil
	}
	item, ok, err := l.items.Next()
	if err != nil || !ok {
		l.ended = true
		return false, err
	}
	l.ahead = append(l.ahead, item)
	return true, nil
}

// Len returns how many items there are, as far as they can be read.
func (l *loop) Len() int {
	if n, err := l.length(); err == nil {
		return n
	}
	return l.index + 1 + len(l.ahead)
}

// length reads everything ahead and counts.
func (l *loop) length() (int, error) {
	for !l.ended {
		item, ok, err := l.items.Next()
		if err != nil {
			return 0, err
		}
		if !ok {
			l.ended = true
			break
		}
		if len(l.ahead) >= python.MaxItems {
			return 0, python.ErrTooLong
		}
		l.ahead = append(l.ahead, item)
	}
	return l.index + 1 + len(l.ahead), nil
}

// Rest lets a template iterate over the rest of its own loop.
func (l *loop) Rest() *python.Iterator {
	return python.NewIterator("loop", func() (any, bool, error) {
		ok, err := l.advance()
		return python.Tuple{l.current, l}, ok, err
	})
}

// Attr returns what `loop` knows.
func (l *loop) Attr(name string) (any, bool) {
	switch name {
	case "index":
		return int64(l.index + 1), true
	case "index0":
		return int64(l.index), true
	case "first":
		return l.index == 0, true
	case "depth":
		return int64(l.depth + 1), true
	case "depth0":
		return int64(l.depth), true
	case "previtem":
		if l.index == 0 {
			return &python.Undefined{Hint: "there is no previous item"}, true
		}
		return l.before, true
	case "cycle":
		return &Func{Name: name, Call: l.cycle}, true
	case "changed":
		return &Func{Name: name, Call: l.hasChanged}, true
	}
	return l.attrAhead(name)
}

// attrAhead are the attributes that need items before their turn. An error
// there shows again when the loop gets to it.
func (l *loop) attrAhead(name string) (any, bool) {
	switch name {
	case "last":
		ok, err := l.peek()
		return !ok && err == nil, true
	case "nextitem":
		if ok, err := l.peek(); !ok || err != nil {
			return &python.Undefined{Hint: "there is no next item"}, true
		}
		return l.ahead[0], true
	case "length", "revindex", "revindex0":
		n, err := l.length()
		if err != nil {
			return &python.Undefined{Hint: err.Error()}, true
		}
		switch name {
		case "revindex":
			n -= l.index
		case "revindex0":
			n -= l.index + 1
		}
		return int64(n), true
	}
	return nil, false
}

func (l *loop) cycle(c *Call) (any, error) {
	if len(c.Args) == 0 {
		return nil, errors.New("needs at least one value")
	}
	return c.Args[l.index%len(c.Args)], nil
}

func (l *loop) hasChanged(c *Call) (any, error) {
	if l.changed != nil {
		eq, err := python.Equal(python.Tuple(l.changed), python.Tuple(c.Args))
		if err != nil || eq {
			return false, err
		}
	}
	l.changed = append([]any{}, c.Args...)
	return true, nil
}

// call is `loop(items)` in a recursive for: it runs the body over other items.
func (l *loop) call(it *interp, c *Call) (any, error) {
	if !l.node.Recursive {
		return nil, errors.New("`loop` can be called in a `for … recursive` only")
	}
	b, err := c.Bind("iterable")
	if err != nil {
		return nil, named("loop", err)
	}
	return it.nested(l.node, func() error {
		return it.runLoop(l.node, b.Any(0, nil), l.scope, l.depth+1)
	})
}
