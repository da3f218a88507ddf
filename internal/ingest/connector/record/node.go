package record

import "github.com/tarn-lake/tarn/internal/ingest/connector"

// Kind is a kind of value in a record.
type Kind uint8

// The kinds.
const (
	// Null is no value.
	Null Kind = iota
	// False and True are booleans.
	False
	True
	// Number is a number by its text, [-]digits[.digits][e[±]digits].
	Number
	// Text is a text that the input says is one. Only dates and timestamps are
	// inferred from it.
	Text
	// Guess is a text that may stand for anything, as a field of CSV does.
	Guess
	// Raw is a text from which nothing is inferred.
	Raw
	// List holds values without names.
	List
	// Object holds values with names.
	Object
)

// Node is one value of a record.
type Node struct {
	Kind Kind
	// Name is the value's name in [Names]; of no meaning in lists.
	Name int32
	// End is the index behind the value and what it holds.
	End int32
	// Text is a scalar's text. Of a list or object it is the source text, which
	// a string column keeps; where it is nil, JSON is written for it. It has
	// connector.Padding bytes of capacity more where that is cheap.
	Text []byte
}

// blank reports whether the value is an empty text, which tells of no type.
func (n *Node) blank() bool { return len(n.Text) == 0 && (n.Kind == Text || n.Kind == Guess) }

// Record is one record: its values, those that are held by others behind them.
type Record struct {
	// Line is where the record starts.
	Line int64
	// Raw is its text, or a start of that.
	Raw []byte
	// Violations reject the record; then its nodes mean nothing.
	Violations []connector.Violation
	// Number is the record's number in the input from 1 on; ParentLine and
	// ParentNumber are those of the record that it is a part of. 0 is none.
	Number, ParentLine, ParentNumber int64
	Nodes                            []Node
	open                             []int32
}

// Reset empties the record for one that starts at line.
func (r *Record) Reset(line int64) {
	r.Line, r.Raw, r.Violations = line, nil, nil
	r.Number, r.ParentLine, r.ParentNumber = 0, 0, 0
	r.Nodes, r.open = r.Nodes[:0], r.open[:0]
}

// Add adds a scalar, behind what the list or object that is open has.
func (r *Record) Add(name int32, kind Kind, text []byte) {
	r.Nodes = append(r.Nodes, Node{Kind: kind, Name: name, End: int32(len(r.Nodes) + 1), Text: text})
}

// Open starts a list or an object: what is added up to Close is in it.
func (r *Record) Open(name int32, kind Kind) {
	r.open = append(r.open, int32(len(r.Nodes)))
	r.Nodes = append(r.Nodes, Node{Kind: kind, Name: name})
}

// Depth is how many lists and objects are open.
func (r *Record) Depth() int { return len(r.open) }

// Innermost is the index of the list or object that was opened last.
func (r *Record) Innermost() int32 { return r.open[len(r.open)-1] }

// Close ends the list or object that was opened last; text is its source text,
// or nil.
func (r *Record) Close(text []byte) {
	last := len(r.open) - 1
	n := &r.Nodes[r.open[last]]
	n.End, n.Text = int32(len(r.Nodes)), text
	r.open = r.open[:last]
}

// Reject adds a reason why the record is rejected.
func (r *Record) Reject(rule, reason string) {
	r.Violations = append(r.Violations, connector.Violation{Rule: rule, Reason: reason})
}
