package syntax

// Span is where a block with its tags, and the text between them, stand.
type Span struct{ From, BodyFrom, BodyTo, To int }

// Node is a statement. Every node keeps the offset in the source that errors
// about it point to.
type Node interface{ At() int }

// Expr is an expression.
type Expr interface{ At() int }

// Pos is the offset of a node.
type Pos int

// At returns the offset.
func (p Pos) At() int { return int(p) }

// Option is one word after the name of a definition.
type Option struct {
	Pos
	Name  string
	Value Expr // nil where there is none
}

// ImportedName is one name of a [From].
type ImportedName struct {
	Pos
	Name, As string
}

// Target is what can be assigned to: one name, names in a tuple, or an
// attribute of a namespace.
type Target struct {
	Pos
	Name  string
	Attr  string   // of namespace name
	Parts []Target // of a tuple
	Tuple bool
}

// Arguments are those of a call, a filter or a test.
type Arguments struct {
	Positional []Expr
	Named      []NamedArg
	Rest       Expr // *args, or nil
	RestNamed  Expr // **kwargs, or nil
}

// NamedArg is an argument that is given by name.
type NamedArg struct {
	Pos
	Name  string
	Value Expr
}
