package artifact

import "time"

// The statuses of results, in dbt's words.
const (
	StatusSuccess = "success"
	StatusError   = "error"
	StatusSkipped = "skipped"
	StatusPartial = "partial success"
	StatusNoOp    = "no-op"
	StatusPass    = "pass"
	StatusFail    = "fail"
	StatusWarn    = "warn"
	StatusRuntime = "runtime error"
)

// RunResults is run_results.json.
type RunResults struct {
	Metadata    Metadata       `json:"metadata"`
	Results     []Result       `json:"results"`
	ElapsedTime float64        `json:"elapsed_time"`
	Args        map[string]any `json:"args"`
}

// Result is how one resource ended.
type Result struct {
	Status string   `json:"status"`
	Timing []Timing `json:"timing"`
	// ThreadID names who did it; dbt names threads.
	ThreadID string `json:"thread_id"`
	// ExecutionTime is in seconds.
	ExecutionTime   float64        `json:"execution_time"`
	AdapterResponse map[string]any `json:"adapter_response"`
	Message         *string        `json:"message"`
	// Failures are the failing rows of a test.
	Failures     *int64        `json:"failures"`
	UniqueID     string        `json:"unique_id"`
	Compiled     *bool         `json:"compiled"`
	CompiledCode *string       `json:"compiled_code"`
	RelationName *string       `json:"relation_name"`
	BatchResults *BatchResults `json:"batch_results"`
}

// Timing is when a part of the work was done: compile or execute.
type Timing struct {
	Name        string `json:"name"`
	StartedAt   Time   `json:"started_at"`
	CompletedAt Time   `json:"completed_at"`
}

// BatchResults are the batches of a microbatch model, each from and to a point
// in time.
type BatchResults struct {
	Successful [][2]string `json:"successful"`
	Failed     [][2]string `json:"failed"`
}

// Partial reports whether some of the batches failed, and not all.
func (b *BatchResults) Partial() bool {
	return b != nil && len(b.Successful) > 0 && len(b.Failed) > 0
}

// NewRunResults makes run_results.json of results in the order in which they
// ended.
func NewRunResults(i Invocation, results []Result, took time.Duration, args map[string]any) *RunResults {
	if results == nil {
		results = []Result{}
	}
	for n := range results {
		r := &results[n]
		if r.Timing == nil {
			r.Timing = []Timing{}
		}
		if r.AdapterResponse == nil {
			r.AdapterResponse = map[string]any{}
		}
	}
	return &RunResults{Metadata: i.metadata(runResultsSchema), Results: results, ElapsedTime: took.Seconds(), Args: args}
}

// ReadRunResults reads run_results.json in a folder.
func ReadRunResults(dir string) (*RunResults, error) {
	r := &RunResults{}
	return r, read(dir, RunResultsFile, "run-results", 4, 6, r)
}
