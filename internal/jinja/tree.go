package jinja

// span is where a block with its tags, and the text between them, stand.
type span struct{ from, bodyFrom, bodyTo, to int }

// node is a statement. Every node keeps the offset in the source that errors
// about it point to.
type node interface{ at() int }

// expr is an expression.
type expr interface{ at() int }

// pos is the offset of a node.
type pos int

func (p pos) at() int { return int(p) }

// Statements.
type (
	textNode struct {
		pos
		text string
	}
	printNode struct {
		pos
		value expr
	}
	ifNode struct {
		pos
		test expr
		then []node
		or   []node // else; an elif is an ifNode alone in here
		// isElif: this one stands in the or of another.
		isElif bool
	}
	forNode struct {
		pos
		target    target
		over      expr
		test      expr // of `for x in y if test`, or nil
		body, or  []node
		recursive bool
		usesLoop  bool // the body mentions `loop`
		// names that start undefined in body and or, see symbols
		blank, orBlank []string
	}
	setNode struct {
		pos
		target target
		value  expr
	}
	// setBlockNode is {% set x %}…{% endset %}.
	setBlockNode struct {
		pos
		target target
		filter expr // with a capturedExpr at its heart, or nil
		body   []node
		blank  []string
	}
	// filterBlockNode is {% filter f %}…{% endfilter %}.
	filterBlockNode struct {
		pos
		filter expr
		body   []node
		blank  []string
	}
	macroNode struct {
		pos
		name     string
		params   []string
		declared []Param // the same as they were written
		defaults []expr  // of the last params
		body     []node
		// what the body mentions, and the macro therefore takes
		caller, varargs, kwargs bool
		ownCaller               bool // the body mentions a parameter `caller`
		isCaller                bool // it is the body of a call
		blank                   []string
		span                    span
	}
	// callBlockNode is {% call f() %}…{% endcall %}; the body is a macro.
	callBlockNode struct {
		pos
		call *callExpr
		body *macroNode
	}
	// definitionNode is a block of Env.Tags.
	definitionNode struct {
		pos
		is *Definition
	}
	doNode struct {
		pos
		value expr
	}
	withNode struct {
		pos
		targets []target
		values  []expr
		body    []node
		blank   []string
	}
)

// Statements that have to do with other templates.
type (
	includeNode struct {
		pos
		name            expr
		ignore, context bool
	}
	importNode struct {
		pos
		name    expr
		as      string
		context bool
	}
	fromNode struct {
		pos
		name    expr
		names   []importedName
		context bool
	}
	extendsNode struct {
		pos
		name expr
	}
	blockNode struct {
		pos
		name             string
		scoped, required bool
		top              bool // it stands in no scope but the template's
		body             []node
		blank            []string
	}
	// autoescapeNode is a scope: nothing is ever escaped here.
	autoescapeNode struct {
		pos
		value expr
		body  []node
		blank []string
	}
	// loopControlNode is break and continue.
	loopControlNode struct {
		pos
		signal error
	}
)

type importedName struct {
	pos
	name, as string
}

// elif returns the next branch of an if that has a test, nil if there is none.
func (n *ifNode) elif() *ifNode {
	if len(n.or) != 1 {
		return nil
	}
	if next, ok := n.or[0].(*ifNode); ok && next.isElif {
		return next
	}
	return nil
}

// target is what can be assigned to: one name, names in a tuple, or an
// attribute of a namespace.
type target struct {
	pos
	name  string
	attr  string   // of namespace name
	parts []target // of a tuple
	tuple bool
}

// Expressions.
type (
	constExpr struct {
		pos
		value any
	}
	nameExpr struct {
		pos
		name string
	}
	listExpr struct {
		pos
		items []expr
	}
	tupleExpr struct {
		pos
		items []expr
	}
	dictExpr struct {
		pos
		keys, values []expr
	}
	unaryExpr struct {
		pos
		op    string // + -
		value expr
	}
	binaryExpr struct {
		pos
		op          string // + - * / // % **
		left, right expr
	}
	concatExpr struct {
		pos
		parts []expr
	}
	notExpr struct {
		pos
		value expr
	}
	// logicExpr is `and`, or `or`.
	logicExpr struct {
		pos
		or          bool
		left, right expr
	}
	compareExpr struct {
		pos
		first expr
		ops   []comparison
	}
	condExpr struct {
		pos
		test, then, or expr // or is nil where there is no else
	}
	attrExpr struct {
		pos
		of   expr
		name string
	}
	itemExpr struct {
		pos
		of, index expr
	}
	// sliceExpr stands as an index only; its parts may be nil.
	sliceExpr struct {
		pos
		start, stop, step expr
	}
	callExpr struct {
		pos
		fn   expr
		args arguments
	}
	filterExpr struct {
		pos
		of   expr
		name string
		args arguments
	}
	testExpr struct {
		pos
		of   expr
		name string
		args arguments
	}
	// capturedExpr is the text of the block that a filter applies to.
	capturedExpr struct{ pos }
)

type comparison struct {
	pos
	op    string // == != < <= > >= in notin
	right expr
}

type arguments struct {
	positional []expr
	named      []namedArg
	rest       expr // *args, or nil
	restNamed  expr // **kwargs, or nil
}

type namedArg struct {
	pos
	name  string
	value expr
}
