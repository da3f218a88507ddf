package explain

import "time"

// Report is everything that the page shows. Times are shown in UTC. A section
// whose slice is empty is left out.
type Report struct {
	Project     string
	GeneratedAt time.Time
	TarnVersion string
	Run         Run
	Nodes       []Node
	// Loads is the loads of this run and those before it, newest first.
	Loads  []Load
	Tests  []Test
	Charts []Chart
	Steps  []StepTime
	// History is the runs before this one, newest first.
	History []RunSummary
}

// Run is the run that the page is about.
type Run struct {
	ID        string
	Command   string
	Started   time.Time
	Finished  time.Time
	State     State
	Publish   string // resource, run or never
	Principal string
}

// Node is a resource of the graph. Tests are not nodes: see [Report.Tests].
type Node struct {
	ID           string
	Name         string // as people type it
	Kind         string // source, seed, model, …
	Materialized string // table, view, ephemeral; empty for sources
	State        State
	// Reason says why it is held, failed or skipped, as a sentence without a
	// full stop.
	Reason      string
	Parents     []string // IDs; those that are no node of the report are left out
	Rows        int64    // of what this run built; -1 is unknown
	Bytes       int64
	Duration    time.Duration
	Description string
	Columns     []Column
	// Published is what readers see now; nil where they see nothing.
	Published *Pointer
}

// Column is a column with its documentation.
type Column struct {
	Name        string
	Type        string
	Description string
}

// Pointer is a published state of a table.
type Pointer struct {
	SnapshotID int64
	At         time.Time
	Run        string
	Rows       int64 // -1 is unknown
	// Through says how far the data reaches, such as "2011-12-08"; empty where
	// that is unknown.
	Through string
}

// Load is the accounting of one load: Read = Written + Quarantined + Skipped.
type Load struct {
	ID          string
	Table       string
	StartedAt   time.Time
	Files       int64
	Read        int64
	Written     int64
	Quarantined int64
	Skipped     int64
	SkippedBy   map[string]int64 // by reason
	Checksum    string
}

// Balanced reports whether every record that was read is accounted for.
func (l Load) Balanced() bool {
	return l.Read == l.Written+l.Quarantined+l.Skipped
}

// Test is the outcome of one test.
type Test struct {
	ID          string
	Name        string
	Description string
	On          []string // IDs of resources
	Severity    string   // error or warn
	State       State
	Failures    int64
	// Columns and Rows are the first failing rows.
	Columns  []string
	Rows     [][]string
	Evidence *Evidence
	Duration time.Duration
	SQL      string
	// Message is what went wrong where the test could not run.
	Message string
}

// Evidence is rows that explain a failure. Where it has the columns _tarn_file
// and _tarn_line, they are shown as one place, file:line.
type Evidence struct {
	Name    string
	Columns []string
	Rows    [][]string
	Total   int64 // rows there are; 0 means len(Rows)
}

// Chart is a line of one figure. An X that is a date (2006-01-02) or a time
// (RFC 3339) is placed on a time axis if every point's is.
type Chart struct {
	Title  string
	Table  string
	XLabel string
	YLabel string
	Points []Point // in order of X
}

// Point is one point of a chart. Held points are those that readers do not see.
type Point struct {
	X    string
	Y    float64
	Held bool
}

// StepTime is when one step of the run ran.
type StepTime struct {
	Name     string
	Kind     string
	Started  time.Duration // since the run's start
	Duration time.Duration
	State    State
}

// RunSummary is one earlier run.
type RunSummary struct {
	ID        string
	Command   string
	Started   time.Time
	Duration  time.Duration
	State     State
	Published int
	Held      int
	Failed    int
	Skipped   int
}
