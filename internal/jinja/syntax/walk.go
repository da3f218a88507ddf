package syntax

// Walk visits every expression in statements, each before its parts.
func Walk(body []Node, visit func(Expr)) {
	for _, n := range body {
		exprs, bodies := partsOf(n)
		for _, e := range exprs {
			walkExpression(e, visit)
		}
		for _, b := range bodies {
			Walk(b, visit)
		}
	}
}

func walkExpression(e Expr, visit func(Expr)) {
	if e == nil {
		return
	}
	visit(e)
	for _, part := range operands(e) {
		walkExpression(part, visit)
	}
}

// partsOf returns the expressions and the bodies of a statement.
func partsOf(n Node) (exprs []Expr, bodies [][]Node) {
	switch n := n.(type) {
	case *Print:
		return []Expr{n.Value}, nil
	case *Do:
		return []Expr{n.Value}, nil
	case *Set:
		return []Expr{n.Value}, nil
	case *If:
		return []Expr{n.Test}, [][]Node{n.Then, n.Or}
	case *For:
		return []Expr{n.Over, n.Test}, [][]Node{n.Body, n.Or}
	case *SetBlock:
		return []Expr{n.Filter}, [][]Node{n.Body}
	case *FilterBlock:
		return []Expr{n.Filter}, [][]Node{n.Body}
	case *Macro:
		return n.Defaults, [][]Node{n.Body}
	case *Definition:
		return partsOf(n.Macro)
	case *CallBlock:
		return append([]Expr{n.Call}, n.Body.Defaults...), [][]Node{n.Body.Body}
	case *With:
		return n.Values, [][]Node{n.Body}
	case *Include:
		return []Expr{n.Name}, nil
	case *Import:
		return []Expr{n.Name}, nil
	case *From:
		return []Expr{n.Name}, nil
	case *Extends:
		return []Expr{n.Name}, nil
	case *Block:
		return nil, [][]Node{n.Body}
	case *Autoescape:
		return []Expr{n.Value}, [][]Node{n.Body}
	}
	return nil, nil
}

// operands returns the expressions that an expression is made of, in the order
// in which they are evaluated; those that are left out are nil.
func operands(e Expr) []Expr {
	switch e := e.(type) {
	case *List:
		return e.Items
	case *Tuple:
		return e.Items
	case *Dict:
		return append(append([]Expr(nil), e.Keys...), e.Values...)
	case *Attr:
		return []Expr{e.Of}
	case *Item:
		return []Expr{e.Of, e.Index}
	case *Slice:
		return []Expr{e.Start, e.Stop, e.Step}
	case *Call:
		return append([]Expr{e.Fn}, e.Args.all()...)
	case *Filter:
		return append([]Expr{e.Of}, e.Args.all()...)
	case *Test:
		return append([]Expr{e.Of}, e.Args.all()...)
	case *Unary:
		return []Expr{e.Value}
	case *Binary:
		return []Expr{e.Left, e.Right}
	case *Concat:
		return e.Parts
	case *Not:
		return []Expr{e.Value}
	case *Logic:
		return []Expr{e.Left, e.Right}
	case *Compare:
		parts := []Expr{e.First}
		for _, c := range e.Ops {
			parts = append(parts, c.Right)
		}
		return parts
	case *Cond:
		return []Expr{e.Test, e.Then, e.Or}
	}
	return nil
}

// all returns the arguments.
func (a *Arguments) all() []Expr {
	list := append([]Expr(nil), a.Positional...)
	for _, n := range a.Named {
		list = append(list, n.Value)
	}
	return append(list, a.Rest, a.RestNamed)
}
