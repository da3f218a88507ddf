package syntax

// Expressions.
type (
	// Const is a literal; lists, tuples and dicts have nodes of their own.
	Const struct {
		Pos
		Value any
	}
	// Name is a variable.
	Name struct {
		Pos
		Name string
	}
	// List is [items].
	List struct {
		Pos
		Items []Expr
	}
	// Tuple is (items).
	Tuple struct {
		Pos
		Items []Expr
	}
	// Dict is {keys: values}.
	Dict struct {
		Pos
		Keys, Values []Expr
	}
	// Unary is -value or +value.
	Unary struct {
		Pos
		Op    string // + -
		Value Expr
	}
	// Binary is an operator of arithmetic.
	Binary struct {
		Pos
		Op          string // + - * / // % **
		Left, Right Expr
	}
	// Concat is a ~ b ~ c.
	Concat struct {
		Pos
		Parts []Expr
	}
	// Not is `not value`.
	Not struct {
		Pos
		Value Expr
	}
	// Logic is `and`, or `or`.
	Logic struct {
		Pos
		Or          bool
		Left, Right Expr
	}
	// Compare is a chain of comparisons.
	Compare struct {
		Pos
		First Expr
		Ops   []Comparison
	}
	// Cond is `then if test else or`.
	Cond struct {
		Pos
		Test, Then, Or Expr // Or is nil where there is no else
	}
	// Attr is of.name.
	Attr struct {
		Pos
		Of   Expr
		Name string
	}
	// Item is of[index].
	Item struct {
		Pos
		Of, Index Expr
	}
	// Slice stands as an index only; its parts may be nil.
	Slice struct {
		Pos
		Start, Stop, Step Expr
	}
	// Call is fn(args).
	Call struct {
		Pos
		Fn   Expr
		Args Arguments
	}
	// Filter is of | name(args).
	Filter struct {
		Pos
		Of   Expr
		Name string
		Args Arguments
	}
	// Test is `of is name(args)`.
	Test struct {
		Pos
		Of   Expr
		Name string
		Args Arguments
	}
	// Captured is the text of the block that a filter applies to.
	Captured struct{ Pos }
)

// Comparison is one link of a [Compare].
type Comparison struct {
	Pos
	Op    string // == != < <= > >= in notin
	Right Expr
}
