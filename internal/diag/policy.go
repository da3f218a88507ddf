package diag

// Treatment is what becomes of a warning.
type Treatment uint8

// The treatments.
const (
	// Warn shows it.
	Warn Treatment = iota
	// Promote makes an error of it.
	Promote
	// Silence drops it.
	Silence
)

// Policy says what becomes of warnings. The zero value shows them all.
type Policy struct {
	// Codes has the treatment of the warnings of a code, Others that of all that
	// it does not have.
	Codes  map[string]Treatment
	Others Treatment
}

// Strict is the policy that makes an error of every warning.
var Strict = Policy{Others: Promote}

// Of returns what becomes of the warnings of a code.
func (p Policy) Of(code string) Treatment {
	if t, ok := p.Codes[code]; ok {
		return t
	}
	return p.Others
}

// Apply treats the warnings among problems.
func (p Policy) Apply(ps *Problems) {
	kept := ps.list[:0]
	for _, problem := range ps.list {
		if problem.Severity == Warning {
			switch p.Of(problem.Code) {
			case Silence:
				continue
			case Promote:
				problem.Severity = Error
			case Warn:
			}
		}
		kept = append(kept, problem)
	}
	ps.list = kept
}
