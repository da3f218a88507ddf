package dbt

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// expected is what dbt made of a project.
type expected struct {
	steps     []expectedStep
	relations []expectedRelation
}

// expectedStep is a command and the statuses that it ended with, by unique_id.
type expectedStep struct {
	command  string
	statuses map[string]string
}

// expectedRelation is a table or view: its columns with their types, then its
// rows as text, sorted.
type expectedRelation struct {
	name     string
	unsteady map[string]bool // columns that are different each time
	lines    []string
}

// readExpected reads a file of answers: "== COMMAND" and statuses, "--
// RELATION" and lines.
func readExpected(file string) (expected, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return expected{}, err
	}
	var e expected
	for part := range strings.SplitSeq(strings.TrimRight(string(text), "\n"), "\n\n") {
		head, body, _ := strings.Cut(part, "\n")
		kind, name, _ := strings.Cut(head, " ")
		switch kind {
		case "#":
		case "==":
			e.steps = append(e.steps, expectedStep{command: name, statuses: pairs(body)})
		case "--":
			r := expectedRelation{name: name, unsteady: map[string]bool{}, lines: strings.Split(body, "\n")}
			if unsteady, is := strings.CutPrefix(r.lines[0], "# not steady: "); is {
				for column := range strings.SplitSeq(unsteady, "\t") {
					r.unsteady[column] = true
				}
				r.lines = r.lines[1:]
			}
			e.relations = append(e.relations, r)
		default:
			return e, fmt.Errorf("%s: what is %q?", file, head)
		}
	}
	if len(e.steps) == 0 || len(e.relations) == 0 {
		return e, fmt.Errorf("%s has nothing to compare with", file)
	}
	return e, nil
}

// pairs reads lines of "STATUS ID".
func pairs(body string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		at := strings.LastIndexByte(line, ' ') + 1 // a status may have two words
		out[line[at:]] = strings.TrimSpace(line[:at])
	}
	return out
}

// statuses reads a run_results.json.
func statuses(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var results struct {
		Results []struct {
			ID     string `json:"unique_id"`
			Status string `json:"status"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &results); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	out := map[string]string{}
	for _, r := range results.Results {
		out[r.ID] = r.Status
	}
	return out, nil
}
