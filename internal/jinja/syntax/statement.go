package syntax

// Statements.
type (
	// Text is text outside of tags.
	Text struct {
		Pos
		Text string
	}
	// Print is {{ value }}.
	Print struct {
		Pos
		Value Expr
	}
	// If is {% if %} with what follows it; an elif is an If alone in Or.
	If struct {
		Pos
		Test   Expr
		Then   []Node
		Or     []Node // else
		IsElif bool   // it stands in the Or of another
	}
	// For is {% for target in over if test %}…{% else %}…{% endfor %}.
	For struct {
		Pos
		Target    Target
		Over      Expr
		Test      Expr // of `for x in y if test`, or nil
		Body, Or  []Node
		Recursive bool
		UsesLoop  bool // the body mentions `loop`
		// Blank are the names that start undefined in Body, OrBlank those in Or:
		// see symbols.
		Blank, OrBlank []string
	}
	// Set is {% set target = value %}.
	Set struct {
		Pos
		Target Target
		Value  Expr
	}
	// SetBlock is {% set x %}…{% endset %}.
	SetBlock struct {
		Pos
		Target Target
		Filter Expr // with a Captured at its heart, or nil
		Body   []Node
		Blank  []string
	}
	// FilterBlock is {% filter f %}…{% endfilter %}.
	FilterBlock struct {
		Pos
		Filter Expr
		Body   []Node
		Blank  []string
	}
	// Macro is {% macro %}, the body of a call, or that of a definition.
	Macro struct {
		Pos
		Name     string
		Params   []string
		Declared []Param // the same as they were written
		Defaults []Expr  // of the last params
		Body     []Node
		// Caller and the like are what the body mentions, and the macro takes
		// therefore.
		Caller, Varargs, Kwargs bool
		OwnCaller               bool // the body mentions a parameter `caller`
		IsCaller                bool // it is the body of a call
		Blank                   []string
		Span                    Span
	}
	// CallBlock is {% call f() %}…{% endcall %}; the body is a macro.
	CallBlock struct {
		Pos
		Call *Call
		Body *Macro
	}
	// Definition is a block of Language.Tags.
	Definition struct {
		Pos
		Kind    string
		Macro   *Macro
		Options []Option
		Body    *Tree // without a signature: what is inside
	}
	// Do is {% do value %}.
	Do struct {
		Pos
		Value Expr
	}
	// With is {% with %}…{% endwith %}.
	With struct {
		Pos
		Targets []Target
		Values  []Expr
		Body    []Node
		Blank   []string
	}
)

// Statements that have to do with other templates.
type (
	// Include is {% include name %}.
	Include struct {
		Pos
		Name            Expr
		Ignore, Context bool
	}
	// Import is {% import name as … %}.
	Import struct {
		Pos
		Name    Expr
		As      string
		Context bool
	}
	// From is {% from name import … %}.
	From struct {
		Pos
		Name    Expr
		Names   []ImportedName
		Context bool
	}
	// Extends is {% extends name %}.
	Extends struct {
		Pos
		Name Expr
	}
	// Block is {% block name %}…{% endblock %}.
	Block struct {
		Pos
		Name             string
		Scoped, Required bool
		Top              bool // it stands in no scope but the template's
		Body             []Node
		Blank            []string
	}
	// Autoescape is a scope: nothing is ever escaped here.
	Autoescape struct {
		Pos
		Value Expr
		Body  []Node
		Blank []string
	}
	// LoopControl is break and continue.
	LoopControl struct {
		Pos
		Next bool // continue
	}
)

// elif returns the next branch of an if that has a test, nil if there is none.
func (n *If) elif() *If {
	if len(n.Or) != 1 {
		return nil
	}
	if next, ok := n.Or[0].(*If); ok && next.IsElif {
		return next
	}
	return nil
}
