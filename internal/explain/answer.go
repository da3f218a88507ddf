package explain

import (
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Answer is what `tarn why` knows of one resource. What is empty is not shown.
type Answer struct {
	Name  string
	Kind  string
	State State
	// Reason says why in a sentence without a full stop, where neither a test
	// nor a problem nor a resource before it says so.
	Reason string
	// Run is the run that brought the resource into its state.
	Run RunRef
	// Readers is what readers see now; nil where they see nothing.
	Readers *Pointer
	// Rows is how many rows the run built.
	Rows int64
	// Tests are those that failed or warned, in the order in which they ran.
	Tests []Test
	// Passed is how many tests passed.
	Passed int
	// Problem is why a step failed.
	Problem  *diag.Problem
	Attempts int
	// Because names the resources before it that keep this one back, the
	// nearest first.
	Because []Link
	// Gates is what a test was asked of before readers saw it.
	Gates []Link
	// Waiting names the resources after it that are held or skipped with it.
	Waiting []Link
	// Load is the newest load of a source table.
	Load       *Load
	Quarantine *Quarantine
	// Look is a SELECT that shows what was built; empty for all of the table.
	Look string
}

// RunRef names a run.
type RunRef struct {
	ID      string
	Command string
	At      time.Time
}

// Link is another resource of the answer.
type Link struct {
	Name   string
	State  State
	Reason string
}

// Quarantine is what a source table's quarantine holds.
type Quarantine struct {
	Table string
	Rows  int64
	Rules []RuleCount       // most rows first
	Lines []QuarantinedLine // the first ones
}

// RuleCount is how many records broke one rule.
type RuleCount struct {
	Column string
	Rule   string
	Rows   int64
}

// QuarantinedLine is one record that did not fit.
type QuarantinedLine struct {
	File   string
	Line   int64
	Reason string
	Raw    string
}
