package jinja

// expression reads the names that an expression mentions.
func (s *symbols) expression(e expr) {
	switch e := e.(type) {
	case *nameExpr:
		s.load(e.name)
	case *listExpr:
		s.expressions(e.items)
	case *tupleExpr:
		s.expressions(e.items)
	case *dictExpr:
		s.expressions(e.keys)
		s.expressions(e.values)
	case *attrExpr:
		s.expression(e.of)
	case *itemExpr:
		s.expressions([]expr{e.of, e.index})
	case *sliceExpr:
		s.expressions([]expr{e.start, e.stop, e.step})
	case *callExpr:
		s.expression(e.fn)
		s.arguments(&e.args)
	case *filterExpr:
		s.expression(e.of)
		s.arguments(&e.args)
	case *testExpr:
		s.expression(e.of)
		s.arguments(&e.args)
	default:
		s.operator(e)
	}
}

func (s *symbols) operator(e expr) {
	switch e := e.(type) {
	case *unaryExpr:
		s.expression(e.value)
	case *binaryExpr:
		s.expressions([]expr{e.left, e.right})
	case *concatExpr:
		s.expressions(e.parts)
	case *notExpr:
		s.expression(e.value)
	case *logicExpr:
		s.expressions([]expr{e.left, e.right})
	case *compareExpr:
		s.expression(e.first)
		for _, c := range e.ops {
			s.expression(c.right)
		}
	case *condExpr:
		s.expressions([]expr{e.test, e.then, e.or})
	}
}

func (s *symbols) expressions(list []expr) {
	for _, e := range list {
		if e != nil {
			s.expression(e)
		}
	}
}

func (s *symbols) arguments(a *arguments) {
	s.expressions(a.positional)
	for _, n := range a.named {
		s.expression(n.value)
	}
	s.expressions([]expr{a.rest, a.restNamed})
}
