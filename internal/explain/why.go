package explain

import (
	"fmt"
	"io"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Style is how a terminal shows an answer. The zero value is plain text of any
// width.
type Style struct {
	Color bool
	Width int // columns; 0 is no limit
}

// WriteWhy writes the answer to `tarn why` for a person at a terminal: what the
// state is and since when, what readers see, the cause with its figures and the
// lines behind it, what waits for it, and what to do next.
func WriteWhy(w io.Writer, a Answer, style Style) error {
	t := &terminal{style: style}
	t.state(a)
	t.cause(a)
	t.tests(a)
	t.load(a)
	t.quarantine(a)
	t.waiting(a)
	t.steps(nextSteps(a))
	if _, err := io.WriteString(w, t.text()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

var stateVerbs = map[State]struct{ verb, run string }{
	Published: {"is PUBLISHED", "by run "},
	Unchanged: {"is UNCHANGED", "in run "},
	Held:      {"is HELD", "since run "},
	Failed:    {"FAILED", "in run "},
	Skipped:   {"was SKIPPED", "in run "},
	NotBuilt:  {"has NEVER BEEN BUILT", ""},
	Pass:      {"PASSED", "in run "},
	Warn:      {"WARNED", "in run "},
	Fail:      {"FAILED", "in run "},
	Error:     {"could NOT BE ASKED", "in run "},
}

// isTest reports whether the answer is about a test, which has no rows of its
// own.
func (a Answer) isTest() bool { return a.Kind == "test" || a.Kind == "unit_test" }

func (t *terminal) state(a Answer) {
	m := a.State.mark()
	words, ok := stateVerbs[a.State]
	if a.State == NotBuilt && a.isTest() {
		words.verb = "has NEVER RUN"
	}
	if !ok {
		words.verb, words.run = "is "+strings.ToUpper(string(a.State)), "in run "
	}
	line := t.paint(m.Tone, m.Glyph) + " " + t.bold(a.Name) + " " + t.paint(m.Tone, words.verb)
	if a.Run.ID != "" && words.run != "" {
		line += " " + words.run + printable(a.Run.ID)
		var about []string
		if a.Run.Command != "" {
			about = append(about, printable(a.Run.Command))
		}
		if !a.Run.At.IsZero() {
			about = append(about, formatTime(a.Run.At))
		}
		if len(about) > 0 {
			line += t.dim(" (" + strings.Join(about, ", ") + ")")
		}
	}
	t.line(line)
	if a.isTest() {
		return
	}
	t.line("  " + readersLine(a))
	if a.State == Held && a.Rows > 0 {
		t.line("  The run built " + plural(a.Rows, "row", "rows") + ", which no reader sees.")
	}
}

// readersLine says what readers see, and where that comes from.
func readersLine(a Answer) string {
	p := a.Readers
	if p == nil {
		return "Readers see nothing yet."
	}
	sees := "Readers see "
	if a.State.stopped() {
		sees = "Readers still see "
	}
	var facts []string
	if p.Rows >= 0 {
		facts = append(facts, plural(p.Rows, "row", "rows"))
	}
	if p.SnapshotID != 0 {
		facts = append(facts, fmt.Sprintf("snapshot %d", p.SnapshotID))
	}
	if !p.At.IsZero() {
		published := "published " + formatTime(p.At)
		if p.Run != "" && p.Run != a.Run.ID {
			published += " by run " + printable(p.Run)
		}
		facts = append(facts, published)
	}
	if p.Through == "" {
		return sees + strings.Join(facts, ", ") + "."
	}
	return sees + printable(p.Through) + ": " + strings.Join(facts, ", ") + "."
}

// cause tells what is not told by a test: a problem, a resource before, or a
// bare reason.
func (t *terminal) cause(a Answer) {
	if p := a.Problem; p != nil {
		t.blank()
		head := t.paint("bad", p.Code+": ")
		if place := p.Place.String(); place != "" {
			head = t.bold(place) + ": " + head
		}
		t.paragraph("  "+head, p.Message)
		if advice := p.Advice(); advice != "" {
			t.paragraph("    hint: ", advice)
		}
		if a.Attempts > 1 {
			t.line(fmt.Sprintf("    tried %d times", a.Attempts))
		}
	}
	t.links("Because of", a.Because)
	t.links("Before readers saw", a.Gates)
	if a.Reason != "" && a.Problem == nil && len(a.Because) == 0 && !anyFailed(a.Tests) {
		t.blank()
		t.line("  Because " + printable(a.Reason) + ".")
	}
}

// paragraph writes text of one line or several behind a head.
func (t *terminal) paragraph(head, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		t.line(head + printable(line))
		head = "    "
	}
}

func anyFailed(tests []Test) bool {
	for _, test := range tests {
		if test.failed() {
			return true
		}
	}
	return false
}

func (t *terminal) waiting(a Answer) { t.links("Waiting for it", a.Waiting) }

func (t *terminal) links(title string, links []Link) {
	if len(links) == 0 {
		return
	}
	t.heading(title)
	widest := 0
	for _, l := range links {
		widest = max(widest, len([]rune(printable(l.Name))))
	}
	for _, l := range links {
		m := l.State.mark()
		line := "  " + t.paint(m.Tone, m.Glyph) + " " + pad(printable(l.Name), widest, false) + "  " + printable(m.Word)
		if l.Reason != "" {
			line += t.dim(": " + printable(l.Reason))
		}
		t.line(line)
	}
}

// Step is one thing to do next.
type nextStep struct{ Name, Text string }

// nextSteps is what a person can do about the answer.
func nextSteps(a Answer) []nextStep {
	look := a.Look
	if look == "" {
		look = "select * from " + sqlName(a.Name) + " limit 20"
	}
	query := nextStep{"look", "tarn query --run " + shellWord(a.Run.ID) + " " + shellText(look)}
	again := nextStep{"build", "tarn build --select " + shellWord(selector(a)+"+")}
	var steps []nextStep
	if len(a.Because) > 0 {
		steps = append(steps, nextStep{"why", "tarn why " + shellWord(a.Because[0].Name)})
	}
	if a.isTest() {
		return append(steps, testSteps(a)...)
	}
	switch a.State {
	case Held:
		if a.Run.ID != "" {
			steps = append(steps, query)
		}
		if len(a.Because) == 0 {
			steps = append(steps, nextStep{"fix", "the data or the model, then build again"}, again)
		}
	case Failed:
		steps = append(steps, nextStep{"fix", failedPlace(a) + ", then go on"}, nextStep{"retry", "tarn retry"})
	case Skipped:
		steps = append(steps, nextStep{"retry", "tarn retry"})
	case NotBuilt:
		steps = append(steps, nextStep{"build", "tarn build --select " + shellWord("+"+selector(a))})
	}
	if q := a.Quarantine; q != nil && q.Rows > 0 {
		steps = append(steps, nextStep{"look", "tarn query " + shellText("select * from "+sqlName(q.Table))})
	}
	return steps
}

// testSteps is what a person can do about a test.
func testSteps(a Answer) []nextStep {
	if a.State == Pass {
		return nil
	}
	test := nextStep{"test", "tarn test --select " + shellWord(a.Name)}
	if len(a.Gates) == 0 {
		return []nextStep{test}
	}
	return []nextStep{
		{"why", "tarn why " + shellWord(a.Gates[0].Name)},
		{"fix", "the data or the model, then build again"},
		{"build", "tarn build --select " + shellWord(a.Gates[0].Name+"+")},
	}
}

func failedPlace(a Answer) string {
	if a.Problem != nil && a.Problem.Place.File != "" {
		return printable(a.Problem.Place.String())
	}
	return "what the message names"
}

func (t *terminal) steps(steps []nextStep) {
	if len(steps) == 0 {
		return
	}
	t.heading("What to do")
	for _, s := range steps {
		t.line("  " + t.dim(pad(s.Name, 6, false)) + " " + s.Text)
	}
}

// selector names the resource as --select understands it.
func selector(a Answer) string {
	if a.Kind == "source" {
		return "source:" + a.Name
	}
	return a.Name
}

// sqlName writes a table's name as SQL has it, quoted where it must be.
func sqlName(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		if !plainName(p) {
			parts[i] = ident.Quote(p)
		}
	}
	return strings.Join(parts, ".")
}

func plainName(s string) bool {
	for i, r := range s {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
