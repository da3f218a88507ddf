package syntax

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
func (s *symbols) expression(e Expr) {
	walkExpression(e, func(part Expr) {
		if n, ok := part.(*Name); ok {
			s.load(n.Name)
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

func (s *symbols) target(t *Target, parameter bool) {
	switch {
	case t.Tuple:
		for i := range t.Parts {
			s.target(&t.Parts[i], parameter)
		}
	case t.Attr != "":
		s.load(t.Name)
	case parameter:
		s.parameter(t.Name)
	default:
		s.store(t.Name)
	}
}

func (s *symbols) statements(body []Node) {
	for _, n := range body {
		s.statement(n)
	}
}

// statement reads what a statement does in this scope, and notes the scopes
// that it opens.
func (s *symbols) statement(n Node) {
	switch n := n.(type) {
	case *Print:
		s.expression(n.Value)
	case *Do:
		s.expression(n.Value)
	case *Set:
		s.expression(n.Value)
		s.target(&n.Target, false)
	case *If:
		s.branches(n)
	case *Macro:
		s.store(n.Name)
		s.within(&n.Blank, func(in *symbols) { in.macro(n) })
	case *CallBlock:
		s.expression(n.Call)
		s.within(&n.Body.Blank, func(in *symbols) { in.macro(n.Body) })
	case *Definition:
		s.within(&n.Macro.Blank, func(in *symbols) { in.macro(n.Macro) })
	case *For:
		s.loop(n)
	default:
		s.block(n)
	}
}

func (s *symbols) block(n Node) {
	switch n := n.(type) {
	case *Include:
		s.expression(n.Name)
	case *Import:
		s.expression(n.Name)
		s.store(n.As)
	case *From:
		s.expression(n.Name)
		for _, part := range n.Names {
			s.store(part.As)
		}
	case *Extends:
		s.expression(n.Name)
	case *Block:
		s.inner = append(s.inner, func() { n.Blank = blankNames(n.Body) })
	case *Autoescape:
		s.within(&n.Blank, func(in *symbols) {
			in.expression(n.Value)
			in.statements(n.Body)
		})
	case *SetBlock:
		s.target(&n.Target, false)
		s.within(&n.Blank, func(in *symbols) { in.statements(n.Body) })
	case *FilterBlock:
		s.expression(n.Filter)
		s.within(&n.Blank, func(in *symbols) { in.statements(n.Body) })
	case *With:
		for _, v := range n.Values {
			s.expression(v)
		}
		s.within(&n.Blank, func(in *symbols) {
			for i := range n.Targets {
				in.target(&n.Targets[i], true)
			}
			in.statements(n.Body)
		})
	}
}

func (s *symbols) macro(n *Macro) {
	for _, p := range n.Params {
		s.parameter(p)
	}
	for _, e := range n.Defaults {
		s.expression(e)
	}
	s.statements(n.Body)
}

func (s *symbols) loop(n *For) {
	s.expression(n.Over)
	s.within(&n.Blank, func(in *symbols) {
		in.parameter("loop")
		in.target(&n.Target, true)
		in.statements(n.Body)
	})
	s.within(&n.OrBlank, func(in *symbols) { in.statements(n.Or) })
}

// branches reads an if. jinja2 counts three branches whatever is written: the
// first, all elifs together, and else.
func (s *symbols) branches(n *If) {
	s.expression(n.Test)
	first, elifs, last := s.branch(), s.branch(), s.branch()
	first.statements(n.Then)
	or := n
	for or.elif() != nil {
		or = or.elif()
		alone := *or
		alone.Or = nil
		elifs.branches(&alone)
	}
	last.statements(or.Or)
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

// blankNames returns which names statements by themselves start undefined.
func blankNames(body []Node) []string {
	s := newSymbols(nil)
	return s.settle(func() { s.statements(body) })
}
