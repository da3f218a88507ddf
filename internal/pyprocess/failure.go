package pyprocess

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tarn-lake/tarn/internal/diag"
)

// failure is how a model failed, as the driver tells it.
type failure struct {
	// Kind is package, wrong, syntax or raised.
	Kind    string `json:"kind"`
	Type    string `json:"type"`
	Message string `json:"message"`
	// Package is missing in Python, which Tarn needs; Module is one that the
	// model imports.
	Package string `json:"package"`
	Module  string `json:"module"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	// Calls led there, the innermost last.
	Calls []frame `json:"calls"`
}

type frame struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Function string `json:"function"`
}

func (f *failure) Error() string { return f.Type + ": " + f.Message }

// isGone reports that nobody reads any more.
func isGone(err error) bool { return errors.Is(err, syscall.EPIPE) }

// explain turns an error of a run into what a person can act on. limited is the
// context with the job's timeout.
func (c *call) explain(ctx, limited context.Context, err error) error {
	var f *failure
	var died *diedError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		return diag.New("python-timeout", c.place(0), "the model did not end within %s", c.job.Timeout).
			WithHint("allow more with timeout: in its configuration, in seconds")
	case errors.As(err, &f):
		return c.problem(f)
	case errors.As(err, &died):
		return c.died(died.exit)
	case errors.Is(err, errSilent):
		return c.died(nil)
	default:
		return err
	}
}

func (c *call) place(line int) diag.Place {
	return diag.Place{File: c.job.File, Line: max(line, 1)}
}

// died is the problem of a process that ended before its model did.
func (c *call) died(exit error) error {
	how := "it ended by itself"
	var e *exec.ExitError
	if errors.As(exit, &e) {
		how = e.ProcessState.String()
	}
	p := diag.New("python-died", c.place(0), "the Python process ended before the model returned: %s", how).WithCause(exit)
	if said := c.said.end(); said != "" {
		p.WithHint("its last words:\n%s", said)
	} else if how == "signal: killed" {
		p.WithHint("a machine that runs out of memory ends processes so: let DuckDB do the work instead of data frames, or read less")
	}
	return p
}

// problem is a failure with its place in the model.
func (c *call) problem(f *failure) error {
	switch f.Kind {
	case "package":
		return c.needs(f.Package)
	case "syntax":
		place := c.place(f.Line)
		place.Column = f.Column
		return diag.New("python-syntax", place, "%s", f.Message)
	case "wrong":
		return diag.New("bad-python-model", c.place(f.line(c.job.File)), "%s", f.Message)
	}
	p := diag.New("python-error", c.place(f.line(c.job.File)), "%s", strings.TrimSuffix(f.Error(), ": "))
	hint := c.calls(f.Calls)
	if f.Module != "" {
		hint = append([]string{fmt.Sprintf("install what it lacks: %s -m pip install %s", c.path, strings.Split(f.Module, ".")[0])}, hint...)
	}
	if len(hint) > 0 {
		p.WithHint("%s", strings.Join(hint, "\n"))
	}
	return p
}

// needs is the problem of a Python without a package that Tarn needs.
func (c *call) needs(name string) error {
	if name == "duckdb" {
		return diag.New("python-package", c.place(0), "the model uses its session, which is DuckDB's, and the Python at %s has no package duckdb", c.path).
			WithHint("install it: %s -m pip install duckdb", c.path)
	}
	return diag.New("python-package", c.place(0), "rows pass to and from Python models as Arrow, and the Python at %s has no package %s", c.path, name).
		WithHint("install it, and DuckDB for dbt.ref and the session as dbt-duckdb has them: %s -m pip install pyarrow duckdb", c.path)
}

// line is the innermost line of the model that led to a failure; 0 is none.
func (f *failure) line(file string) int {
	for i := len(f.Calls) - 1; i >= 0; i-- {
		if f.Calls[i].File == file {
			return f.Calls[i].Line
		}
	}
	return 0
}

// mostCalls is how many calls a hint lists.
const mostCalls = 8

// calls lists where a failure came from, innermost first, where it is more than
// the place that the problem has.
func (c *call) calls(frames []frame) []string {
	if len(frames) < 2 || len(frames) == 2 && frames[1].Function == "model" {
		return nil
	}
	var out []string
	for i := len(frames) - 1; i >= 0 && len(out) < mostCalls; i-- {
		f := frames[i]
		if f.Function == "<module>" && f.File != c.job.File {
			continue
		}
		out = append(out, fmt.Sprintf("in `%s`, %s:%d", f.Function, shortened(f.File), f.Line))
	}
	return out
}

// shortened is the path of a library's file as its authors know it.
func shortened(file string) string {
	if _, inner, ok := strings.Cut(filepath.ToSlash(file), "/site-packages/"); ok {
		return inner
	}
	return file
}
