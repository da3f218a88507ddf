package gate

import "time"

// Spent is how long a statement took on its way through the gate, up to the SQL
// that runs.
type Spent struct {
	// Parse is the engine's parser, Resolve what the names mean, Decide the
	// policies.
	Parse, Resolve, Decide time.Duration
	// Files is the planning of the tables' files.
	Files time.Duration
	// Rewrite is the rest: the tree, the text that it becomes, and the look at
	// that.
	Rewrite time.Duration
}

// Gate is all of it but the planning of files.
func (s Spent) Gate() time.Duration { return s.Parse + s.Resolve + s.Decide + s.Rewrite }

// end gives the rest of a time to Rewrite.
func (s *Spent) end(all time.Duration) { s.Rewrite = all - s.Parse - s.Resolve - s.Decide - s.Files }

// since adds the time since something has begun.
func since(to *time.Duration, begun time.Time) { *to += time.Since(begun) }
