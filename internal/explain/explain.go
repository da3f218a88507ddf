// Package explain is for the answer to "why": what a terminal shows for
// `tarn why`, and the page that `tarn report` writes.
//
// It promises that the page is one file that needs no server, no network and no
// script to be read; that nothing in a project or its data can become markup,
// script or a terminal control; that the same input gives the same bytes; and
// that no state is told by colour alone.
//
// It leaves to others where the facts come from: it is handed them as plain
// data ([Report], [Answer]) and reads no table, journal or clock itself.
package explain

// State says how something ended. Resources, tests, steps and runs share one
// vocabulary, so that a word means the same wherever it is shown.
type State string

// The states of a resource.
const (
	// Published is a resource whose new state readers see.
	Published State = "published"
	// Held is one that was built, but readers keep the state they had.
	Held State = "held"
	// Failed is one that could not be built; also a run that ended so.
	Failed State = "failed"
	// Skipped is one that was not tried, because of something before it.
	Skipped State = "skipped"
	// Unchanged is one that had nothing to do: readers see what is right.
	Unchanged State = "unchanged"
	// NotBuilt is one that no run has built yet.
	NotBuilt State = "not built"
)

// The states of a test; one that was not tried is [Skipped].
const (
	Pass  State = "pass"
	Warn  State = "warn"
	Fail  State = "fail"
	Error State = "error"
)

// The states of a run besides [Failed] and [Held].
const (
	Success   State = "success"
	Crashed   State = "crashed"
	Cancelled State = "cancelled"
	Running   State = "running"
)

// mark is how a state is shown: a shape, a word, and a tone for colour. Shape
// and word each tell the state without the colour.
type mark struct {
	Shape string // name of the drawing in page/icons.html
	Glyph string // the same shape in a terminal
	Word  string
	Tone  string // good, wait, bad, calm
}

var marks = map[State]mark{
	Published: {"full", "●", "published", "good"},
	Held:      {"half", "◐", "held", "wait"},
	Failed:    {"cross", "✕", "failed", "bad"},
	Skipped:   {"empty", "○", "skipped", "calm"},
	Unchanged: {"dot", "◉", "unchanged", "good"},
	NotBuilt:  {"dashed", "◌", "not built", "calm"},
	Pass:      {"check", "✓", "passed", "good"},
	Warn:      {"triangle", "▲", "warned", "wait"},
	Fail:      {"cross", "✕", "failed", "bad"},
	Error:     {"bang", "!", "could not run", "bad"},
	Success:   {"check", "✓", "success", "good"},
	Crashed:   {"bang", "!", "crashed", "bad"},
	Cancelled: {"empty", "○", "cancelled", "calm"},
	Running:   {"dashed", "◌", "running", "calm"},
}

// mark returns how s is shown; a word that is not known here stands for itself.
func (s State) mark() mark {
	if m, ok := marks[s]; ok {
		return m
	}
	return mark{Shape: "dashed", Glyph: "◌", Word: string(s), Tone: "calm"}
}

// stopped reports whether readers do not get what was asked for.
func (s State) stopped() bool {
	return s == Held || s == Failed || s == Skipped
}
