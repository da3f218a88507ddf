package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// jsonLine writes a message as one line of JSON (--log-format json).
func (c *command) jsonLine(line map[string]any) {
	line["time"] = time.Now().UTC().Format(time.RFC3339Nano)
	// Maps of texts and numbers always encode.
	_ = json.NewEncoder(c.program.Err).Encode(line)
}

// jsonProblem writes a problem as one line of JSON.
func (c *command) jsonProblem(p *diag.Problem) {
	line := map[string]any{"level": "error", "code": p.Code, "message": p.Message}
	if p.Severity == diag.Warning {
		line["level"] = "warning"
	}
	for name, text := range map[string]string{"file": p.Place.File, "hint": p.Advice()} {
		if text != "" {
			line[name] = text
		}
	}
	for name, n := range map[string]int{"line": p.Place.Line, "column": p.Place.Column} {
		if n > 0 {
			line[name] = n
		}
	}
	c.jsonLine(line)
}

// misused is the problem of a command line that cobra did not take.
func misused(err error) *diag.Problem {
	message, near, _ := strings.Cut(err.Error(), "\n\nDid you mean this?\n")
	p := diag.New("bad-command", diag.Place{}, "%s", message).WithHint("tarn help shows the commands and their arguments")
	if words := strings.Fields(near); len(words) > 0 {
		p.WithHint("did you mean tarn %s?", strings.Join(words, ", or tarn "))
	}
	return p
}

// problems shows each problem on lines of its own.
func (c *command) problems(list []*diag.Problem) {
	s := c.style()
	for _, p := range list {
		if c.flags.logFormat == "json" {
			c.jsonProblem(p)
			continue
		}
		if at := p.Place.String(); at != "" {
			fmt.Fprintf(c.program.Err, "%s: ", s.bold(at))
		}
		label := s.bad(p.Code)
		if p.Severity == diag.Warning {
			label = s.wait("warning: " + p.Code)
		}
		fmt.Fprintf(c.program.Err, "%s: %s\n", label, p.Message)
		if advice := p.Advice(); advice != "" {
			fmt.Fprintf(c.program.Err, "  hint: %s\n", advice)
		}
	}
	if len(list) > 1 && c.flags.logFormat != "json" {
		fmt.Fprintf(c.program.Err, "%d problems\n", len(list))
	}
}
