package jinja

// symbols are the names of one scope. As in jinja2, what a name is before its
// first assignment is settled before anything runs: a name that a scope
// assigns before it reads it starts undefined there, whatever the host's
// variables say; one that it reads first, or assigns in a branch that may not
// run, starts with the value from around the scope.
type symbols struct {
	outer *symbols
	// refs tells for each name of the scope whether it starts undefined.
	refs map[string]bool
	// stores are the names that the scope assigns.
	stores map[string]bool
	// inner are the scopes within, which are settled when this one is.
	inner []func()
}

func newSymbols(outer *symbols) *symbols {
	return &symbols{outer: outer, refs: map[string]bool{}, stores: map[string]bool{}}
}

// settle reads a scope and those within, and returns what starts undefined.
func (s *symbols) settle(read func()) []string {
	read()
	var blank []string
	for name, starts := range s.refs {
		if starts {
			blank = append(blank, name)
		}
	}
	for _, inner := range s.inner {
		inner()
	}
	return blank
}

// within adds an inner scope; blank gets what starts undefined in it.
func (s *symbols) within(blank *[]string, read func(inner *symbols)) {
	inner := newSymbols(s)
	s.inner = append(s.inner, func() { *blank = inner.settle(func() { read(inner) }) })
}

// known reports whether the name means something here or around.
func (s *symbols) known(name string) bool {
	for ; s != nil; s = s.outer {
		if _, ok := s.refs[name]; ok {
			return true
		}
	}
	return false
}

func (s *symbols) load(name string) {
	if !s.known(name) {
		s.refs[name] = false
	}
}

// expression reads the names that an expression mentions.
func (s *symbols) expression(e expr) {
	walkExpression(e, func(part expr) {
		if n, ok := part.(*nameExpr); ok {
			s.load(n.name)
		}
	})
}

func (s *symbols) store(name string) {
	s.stores[name] = true
	if _, ok := s.refs[name]; !ok {
		s.refs[name] = s.outer == nil || !s.outer.known(name)
	}
}

func (s *symbols) parameter(name string) {
	s.stores[name] = true
	s.refs[name] = false
}

func (s *symbols) target(t *target, parameter bool) {
	switch {
	case t.tuple:
		for i := range t.parts {
			s.target(&t.parts[i], parameter)
		}
	case t.attr != "":
		s.load(t.name)
	case parameter:
		s.parameter(t.name)
	default:
		s.store(t.name)
	}
}

func (s *symbols) statements(body []node) {
	for _, n := range body {
		s.statement(n)
	}
}

// statement reads what a statement does in this scope, and notes the scopes
// that it opens.
func (s *symbols) statement(n node) {
	switch n := n.(type) {
	case *printNode:
		s.expression(n.value)
	case *doNode:
		s.expression(n.value)
	case *setNode:
		s.expression(n.value)
		s.target(&n.target, false)
	case *ifNode:
		s.branches(n)
	case *macroNode:
		s.store(n.name)
		s.within(&n.blank, func(in *symbols) { in.macro(n) })
	case *callBlockNode:
		s.expression(n.call)
		s.within(&n.body.blank, func(in *symbols) { in.macro(n.body) })
	case *definitionNode:
		s.within(&n.is.node.blank, func(in *symbols) { in.macro(n.is.node) })
	case *forNode:
		s.loop(n)
	default:
		s.block(n)
	}
}

func (s *symbols) block(n node) {
	switch n := n.(type) {
	case *includeNode:
		s.expression(n.name)
	case *importNode:
		s.expression(n.name)
		s.store(n.as)
	case *fromNode:
		s.expression(n.name)
		for _, part := range n.names {
			s.store(part.as)
		}
	case *extendsNode:
		s.expression(n.name)
	case *blockNode:
		s.inner = append(s.inner, func() { n.blank = blankNames(n.body) })
	case *autoescapeNode:
		s.within(&n.blank, func(in *symbols) {
			in.expression(n.value)
			in.statements(n.body)
		})
	case *setBlockNode:
		s.target(&n.target, false)
		s.within(&n.blank, func(in *symbols) { in.statements(n.body) })
	case *filterBlockNode:
		s.expression(n.filter)
		s.within(&n.blank, func(in *symbols) { in.statements(n.body) })
	case *withNode:
		for _, v := range n.values {
			s.expression(v)
		}
		s.within(&n.blank, func(in *symbols) {
			for i := range n.targets {
				in.target(&n.targets[i], true)
			}
			in.statements(n.body)
		})
	}
}

func (s *symbols) macro(n *macroNode) {
	for _, p := range n.params {
		s.parameter(p)
	}
	for _, e := range n.defaults {
		s.expression(e)
	}
	s.statements(n.body)
}

func (s *symbols) loop(n *forNode) {
	s.expression(n.over)
	s.within(&n.blank, func(in *symbols) {
		in.parameter("loop")
		in.target(&n.target, true)
		in.statements(n.body)
	})
	s.within(&n.orBlank, func(in *symbols) { in.statements(n.or) })
}

// branches reads an if. jinja2 counts three branches whatever is written: the
// first, all elifs together, and else.
func (s *symbols) branches(n *ifNode) {
	s.expression(n.test)
	first, elifs, last := s.branch(), s.branch(), s.branch()
	first.statements(n.then)
	or := n
	for or.elif() != nil {
		or = or.elif()
		alone := *or
		alone.or = nil
		elifs.branches(&alone)
	}
	last.statements(or.or)
	s.merge(first, elifs, last)
}

// branch returns a copy, for one branch of an if.
func (s *symbols) branch() *symbols {
	b := newSymbols(s.outer)
	for name, starts := range s.refs {
		b.refs[name] = starts
	}
	for name := range s.stores {
		b.stores[name] = true
	}
	return b
}

// merge takes over what the branches of an if did. A name that only some of
// them assign starts with its value from around the scope.
func (s *symbols) merge(branches ...*symbols) {
	count := map[string]int{}
	for _, b := range branches {
		for name := range b.stores {
			if !s.stores[name] {
				count[name]++
			}
		}
	}
	for _, b := range branches {
		for name, starts := range b.refs {
			s.refs[name] = starts
		}
		for name := range b.stores {
			s.stores[name] = true
		}
		s.inner = append(s.inner, b.inner...)
	}
	for name, n := range count {
		if n < len(branches) {
			s.refs[name] = false
		}
	}
}
