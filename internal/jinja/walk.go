package jinja

// walk visits every expression in statements, each before its parts.
func walk(body []node, visit func(expr)) {
	for _, n := range body {
		exprs, bodies := partsOf(n)
		for _, e := range exprs {
			walkExpression(e, visit)
		}
		for _, b := range bodies {
			walk(b, visit)
		}
	}
}

func walkExpression(e expr, visit func(expr)) {
	if e == nil {
		return
	}
	visit(e)
	for _, part := range operands(e) {
		walkExpression(part, visit)
	}
}

// partsOf returns the expressions and the bodies of a statement.
func partsOf(n node) (exprs []expr, bodies [][]node) {
	switch n := n.(type) {
	case *printNode:
		return []expr{n.value}, nil
	case *doNode:
		return []expr{n.value}, nil
	case *setNode:
		return []expr{n.value}, nil
	case *ifNode:
		return []expr{n.test}, [][]node{n.then, n.or}
	case *forNode:
		return []expr{n.over, n.test}, [][]node{n.body, n.or}
	case *setBlockNode:
		return []expr{n.filter}, [][]node{n.body}
	case *filterBlockNode:
		return []expr{n.filter}, [][]node{n.body}
	case *macroNode:
		return n.defaults, [][]node{n.body}
	case *definitionNode:
		return partsOf(n.is.node)
	case *callBlockNode:
		return append([]expr{n.call}, n.body.defaults...), [][]node{n.body.body}
	case *withNode:
		return n.values, [][]node{n.body}
	case *includeNode:
		return []expr{n.name}, nil
	case *importNode:
		return []expr{n.name}, nil
	case *fromNode:
		return []expr{n.name}, nil
	case *extendsNode:
		return []expr{n.name}, nil
	case *blockNode:
		return nil, [][]node{n.body}
	case *autoescapeNode:
		return []expr{n.value}, [][]node{n.body}
	}
	return nil, nil
}

// operands returns the expressions that an expression is made of, in the order
// in which they are evaluated; those that are left out are nil.
func operands(e expr) []expr {
	switch e := e.(type) {
	case *listExpr:
		return e.items
	case *tupleExpr:
		return e.items
	case *dictExpr:
		return append(append([]expr(nil), e.keys...), e.values...)
	case *attrExpr:
		return []expr{e.of}
	case *itemExpr:
		return []expr{e.of, e.index}
	case *sliceExpr:
		return []expr{e.start, e.stop, e.step}
	case *callExpr:
		return append([]expr{e.fn}, e.args.all()...)
	case *filterExpr:
		return append([]expr{e.of}, e.args.all()...)
	case *testExpr:
		return append([]expr{e.of}, e.args.all()...)
	case *unaryExpr:
		return []expr{e.value}
	case *binaryExpr:
		return []expr{e.left, e.right}
	case *concatExpr:
		return e.parts
	case *notExpr:
		return []expr{e.value}
	case *logicExpr:
		return []expr{e.left, e.right}
	case *compareExpr:
		parts := []expr{e.first}
		for _, c := range e.ops {
			parts = append(parts, c.right)
		}
		return parts
	case *condExpr:
		return []expr{e.test, e.then, e.or}
	}
	return nil
}

// all returns the arguments.
func (a *arguments) all() []expr {
	list := append([]expr(nil), a.positional...)
	for _, n := range a.named {
		list = append(list, n.value)
	}
	return append(list, a.rest, a.restNamed)
}
