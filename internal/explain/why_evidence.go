package explain

import (
	"fmt"
	"strings"
)

// tests shows the tests that failed or warned, with their figures and evidence.
func (t *terminal) tests(a Answer) {
	for _, test := range a.Tests {
		t.test(test)
	}
	if a.Passed > 0 {
		t.blank()
		other := ""
		if len(a.Tests) > 0 {
			other = "other "
		}
		t.line(t.paint("good", Pass.mark().Glyph) + " " + plural(int64(a.Passed), other+"test", other+"tests") + " passed")
	}
}

func (t *terminal) test(test Test) {
	m := test.State.mark()
	t.blank()
	line := t.paint(m.Tone, m.Glyph) + " " + t.bold(test.Name) + " " + t.paint(m.Tone, m.Word)
	if test.Failures > 0 {
		line += ": " + plural(test.Failures, "row", "rows")
	}
	t.line(line)
	if test.Description != "" {
		t.line("  " + printable(test.Description))
	}
	if test.Message != "" {
		t.line("  " + printable(test.Message))
	}
	if len(test.Rows) > 0 {
		t.blank()
		t.table(newRowset(test.Columns, test.Rows))
		t.more(test.Failures - int64(len(test.Rows)))
	}
	if e := test.Evidence; e != nil && len(e.Rows) > 0 {
		t.blank()
		t.line("  Evidence: " + t.bold(e.Name))
		t.blank()
		t.table(newRowset(e.Columns, e.Rows))
		t.more(e.Total - int64(len(e.Rows)))
	}
}

func (t *terminal) more(rows int64) {
	if rows > 0 {
		t.line("    " + t.dim("… and "+plural(rows, "more row", "more rows")))
	}
}

// load shows the accounting of the newest load.
func (t *terminal) load(a Answer) {
	l := a.Load
	if l == nil {
		return
	}
	t.heading("Newest load")
	t.line(fmt.Sprintf("  %s, %s, load %s", formatTime(l.StartedAt), plural(l.Files, "file", "files"), printable(l.ID)))
	sum := fmt.Sprintf("  %s read = %s written + %s quarantined + %s skipped",
		formatCount(l.Read), formatCount(l.Written), formatCount(l.Quarantined), formatCount(l.Skipped))
	if !l.Balanced() {
		sum += t.paint("bad", "  does not add up")
	}
	t.line(sum)
	var reasons []string
	for _, r := range newLoadView(*l).Reasons {
		reasons = append(reasons, formatCount(r.Count)+" "+printable(r.Reason))
	}
	if len(reasons) > 0 {
		t.line("  skipped: " + strings.Join(reasons, ", "))
	}
}

// quarantine shows which rules records broke, and the first of them.
func (t *terminal) quarantine(a Answer) {
	q := a.Quarantine
	if q == nil || q.Rows == 0 {
		return
	}
	t.blank()
	t.line(t.paint("wait", Warn.mark().Glyph) + " " + t.bold(q.Table) + " holds " + plural(q.Rows, "record", "records"))
	rules := [][]string{}
	for _, r := range q.Rules {
		rules = append(rules, []string{formatCount(r.Rows), r.Rule, r.Column})
	}
	if len(rules) > 0 {
		t.blank()
		t.table(newRowset([]string{"records", "rule", "column"}, rules))
	}
	lines := [][]string{}
	for _, l := range q.Lines {
		lines = append(lines, []string{fmt.Sprintf("%s:%d", l.File, l.Line), l.Reason, l.Raw})
	}
	if len(lines) > 0 {
		t.blank()
		t.table(newRowset([]string{placeColumn, "reason", "raw"}, lines))
		t.more(q.Rows - int64(len(lines)))
	}
}
