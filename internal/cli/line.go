package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
)

// line writes what became of a step.
func (v *progress) line(s run.Step) {
	d, err := build.ParseDetails(s)
	if err != nil {
		fmt.Fprintf(v.out, "  %v\n", err)
		return
	}
	word := v.word(s, d)
	fmt.Fprintf(v.out, "  %s %-*s  %s\n", word, v.width, v.name(s.Resource), v.facts(s, d))
	for _, t := range d.Tests {
		if t.State == quality.Pass || s.Kind == string(project.KindTest) && t.State != quality.Error {
			continue
		}
		label := v.style.bad("test")
		if t.State == quality.Warn {
			label = v.style.wait("warn")
		}
		fmt.Fprintf(v.out, "           %s %s: %s\n", label, v.name(t.Test), indent(t.Message, "             ")[13:])
		if t.Stored != "" {
			fmt.Fprintf(v.out, "             they are in %s\n", t.Stored)
		}
	}
	if s.State == run.Held {
		fmt.Fprintf(v.out, "           readers still see %s\n", v.style.bold(d.ReadersSee))
	}
	v.batches(d.Batches)
	for _, n := range d.Notes {
		fmt.Fprintf(v.out, "           %s\n", v.style.dim(n))
	}
	if s.State == run.Failed && s.Message != "" && len(d.Tests) == 0 && s.Outcome != run.Published {
		fmt.Fprintf(v.out, "%s\n", indent(s.Message, "           "))
	}
}

// batches tells of those that were not made.
func (v *progress) batches(list []build.Batch) {
	for _, b := range list {
		switch b.State {
		case run.Failed:
			fmt.Fprintf(v.out, "           %s %s: %s\n", v.style.bad("batch"), b.Label, indent(b.Message, "             ")[13:])
		case run.Skipped:
			fmt.Fprintf(v.out, "           %s %s: %s\n", v.style.wait("batch"), b.Label, b.Message)
		}
	}
}

// batchCount says how many batches were made.
func batchCount(list []build.Batch) []string {
	good, all := 0, 0
	for _, b := range list {
		if b.Earlier {
			continue
		}
		all++
		if b.State == run.Success {
			good++
		}
	}
	switch {
	case all == 0:
	case good < all:
		return []string{fmt.Sprintf("%d of %d batches", good, all)}
	default:
		return []string{fmt.Sprintf("%d %s", all, plural(int64(all), "batch", "batches"))}
	}
	return nil
}

// word is the state of a step, eight columns wide.
func (v *progress) word(s run.Step, d build.Details) string {
	pad := func(w string) string { return fmt.Sprintf("%-8s", w) }
	warned := slices.ContainsFunc(d.Tests, func(t quality.Verdict) bool { return t.State == quality.Warn })
	switch {
	case s.State == run.Held || s.Outcome == run.KeptBack:
		return v.style.wait(pad("HELD"))
	case s.State == run.Failed && s.Kind == string(project.KindTest):
		return v.style.bad(pad("FAIL"))
	case s.State == run.Failed:
		return v.style.bad(pad("ERROR"))
	case s.State == run.Skipped:
		return v.style.wait(pad("SKIP"))
	case s.State == run.Cancelled:
		return v.style.wait(pad("STOPPED"))
	case warned:
		return v.style.wait(pad("WARN"))
	case s.Kind == string(project.KindTest):
		return v.style.good(pad("PASS"))
	default:
		return v.style.good(pad("OK"))
	}
}

// facts are the figures behind a step's name.
func (v *progress) facts(s run.Step, d build.Details) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case s.Because != "":
		verb := "did not succeed"
		if s.Outcome == run.KeptBack {
			verb = "is held"
		}
		return "because " + v.name(s.Because) + " " + verb
	case d.Load != nil:
		l := d.Load
		add("%s read = %s written + %s quarantined + %s skipped", number(l.Read), number(l.Written), number(l.Quarantined), number(l.Skipped))
		add("%s %s", number(l.Files), plural(l.Files, "file", "files"))
	case d.Resolution != nil:
		add("%s left quarantine", number(d.Resolution.Records))
	case s.Kind == string(project.KindTest):
		if s.State == run.Failed {
			parts = append(parts, firstLine(s.Message))
		}
	case s.Outcome == run.Unchanged:
		add("nothing new")
	case s.Kind == build.PublishStep:
		parts = append(parts, s.Message)
	case d.Materialized == project.MaterializedView:
		add("view")
	case s.State == run.Success || s.State == run.Held || s.Outcome == run.Published:
		add("%s %s", number(s.Rows), plural(s.Rows, "row", "rows"))
	}
	parts = append(parts, batchCount(d.Batches)...)
	if n := len(d.Tests); n > 0 && s.Kind != string(project.KindTest) {
		failed := 0
		for _, t := range d.Tests {
			if t.State != quality.Pass {
				failed++
			}
		}
		if failed > 0 {
			add("%d of %d tests passed", n-failed, n)
		} else {
			add("%d %s", n, plural(int64(n), "test", "tests"))
		}
	}
	if s.Outcome == run.Unpublished {
		add("not published yet")
	}
	if took := s.Duration(); took > 0 {
		parts = append(parts, v.style.dim(seconds(took)))
	}
	return strings.Join(parts, "  ")
}

// conclusion sums a run up, and says what to do next.
func (v *progress) conclusion(s app.Summary) {
	count := map[string]int{}
	var held, failed []string
	wholeRun := slices.ContainsFunc(s.Steps, func(st run.Step) bool {
		return st.Resource == build.PublishStep && st.State == run.Success
	})
	for _, st := range s.Steps {
		name := v.name(st.Resource)
		switch {
		case st.Resource == build.PublishStep:
		case st.State == run.Held:
			count["held"]++
			held = append(held, name)
		case st.Outcome == run.KeptBack:
			count["held"]++
		case st.State == run.Failed:
			count["failed"]++
			failed = append(failed, name)
		case st.State == run.Skipped:
			count["skipped"]++
		case st.State == run.Cancelled:
			count["stopped"]++
		case st.Kind == string(project.KindTest):
			count["passed"]++
		case st.Outcome == run.Unchanged:
			count["unchanged"]++
		case st.Outcome == run.Unpublished && !wholeRun:
			count["not published"]++
		default:
			count["published"]++
		}
	}
	var parts []string
	for _, word := range []string{"published", "unchanged", "passed", "not published", "held", "failed", "skipped", "stopped"} {
		if n := count[word]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	fmt.Fprintf(v.out, "%s: %s in %s\n", v.style.bold(string(s.Run.State)), strings.Join(parts, ", "), seconds(s.Run.Duration()))
	v.next(s, held, failed)
}

// next says what a person would do now.
func (v *progress) next(s app.Summary, held, failed []string) {
	for _, name := range held {
		fmt.Fprintf(v.out, "  why is it held?   tarn why %s\n", name)
	}
	for _, name := range failed {
		fmt.Fprintf(v.out, "  why did it fail?  tarn why %s\n", name)
	}
	if s.Run.State == run.Cancelled || s.Run.State == run.Failed {
		fmt.Fprintf(v.out, "  go on with it:    tarn retry\n")
	}
}

// json writes an event as one line of JSON.
func (v *progress) json(e run.Event) {
	line := map[string]any{}
	switch e := e.(type) {
	case run.RunStarted:
		line["event"], line["run"], line["command"] = "run_started", e.Run.ID, e.Run.Command
	case run.StepStarted:
		line["event"], line["run"], line["resource"] = "step_started", e.Step.RunID, e.Step.Resource
	case run.StepProgress:
		line["event"], line["run"], line["resource"] = "step_progress", e.Step.RunID, e.Step.Resource
		line["rows"], line["bytes"], line["total_bytes"] = e.Rows, e.Bytes, e.Total
	case run.PartFinished:
		line["event"], line["run"], line["resource"], line["part"] = "part_finished", e.Step.RunID, e.Step.Resource, e.Part
		line["state"], line["rows"], line["seconds"], line["message"] = e.State, e.Rows, e.Took.Seconds(), e.Message
		line["number"], line["of"] = e.Number, e.Of
	case run.StepFinished:
		line["event"], line["run"], line["resource"] = "step_finished", e.Step.RunID, e.Step.Resource
		line["state"], line["outcome"], line["message"] = e.Step.State, e.Step.Outcome, e.Step.Message
		line["rows"], line["bytes"], line["seconds"] = e.Step.Rows, e.Step.Bytes, e.Step.Duration().Seconds()
		line["because"] = e.Step.Because
	case run.RunFinished:
		line["event"], line["run"], line["state"] = "run_finished", e.Run.ID, e.Run.State
	default:
		return
	}
	line["time"] = time.Now().UTC().Format(time.RFC3339Nano)
	b, err := json.Marshal(line)
	if err != nil {
		return
	}
	fmt.Fprintf(v.out, "%s\n", b)
}

// number writes n with its thousands apart.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// seconds writes a duration in the precision that people care about.
func seconds(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.2fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	default:
		return d.Round(time.Second).String()
	}
}

// bytesText writes a size in decimal units.
func bytesText(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func indent(s, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+by)
}
