package artifact

import "time"

// Sources is sources.json: how fresh the sources are.
type Sources struct {
	Metadata    Metadata    `json:"metadata"`
	Results     []Freshness `json:"results"`
	ElapsedTime float64     `json:"elapsed_time"`
}

// Freshness is how fresh a source is. Where Status is "runtime error", only
// Error says more.
type Freshness struct {
	UniqueID        string         `json:"unique_id"`
	MaxLoadedAt     Time           `json:"max_loaded_at"`
	SnapshottedAt   Time           `json:"snapshotted_at"`
	Age             float64        `json:"max_loaded_at_time_ago_in_s"`
	Status          string         `json:"status"`
	Criteria        Criteria       `json:"criteria"`
	AdapterResponse map[string]any `json:"adapter_response"`
	Timing          []Timing       `json:"timing"`
	ThreadID        string         `json:"thread_id"`
	ExecutionTime   float64        `json:"execution_time"`
	Error           string         `json:"-"`
}

// Newest is when the newest row was loaded, for people.
func (f Freshness) Newest() string {
	return time.Time(f.MaxLoadedAt).UTC().Format("2006-01-02 15:04:05Z")
}

// Criteria are the ages from which a source is warned about, and is in error.
type Criteria struct {
	WarnAfter  *Age    `json:"warn_after"`
	ErrorAfter *Age    `json:"error_after"`
	Filter     *string `json:"filter"`
}

// Age is a number of minutes, hours or days.
type Age struct {
	Count  *int64  `json:"count"`
	Period *string `json:"period"`
}

// Seconds returns the age in seconds; ok is false where it is not told.
func (a *Age) Seconds() (s float64, ok bool) {
	if a == nil || a.Count == nil || a.Period == nil {
		return 0, false
	}
	unit, ok := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[*a.Period]
	return float64(*a.Count) * unit.Seconds(), ok
}

// Judge returns the status of a source whose newest row has the given age.
func (c Criteria) Judge(age time.Duration) string {
	if limit, ok := c.ErrorAfter.Seconds(); ok && age.Seconds() > limit {
		return StatusError
	}
	if limit, ok := c.WarnAfter.Seconds(); ok && age.Seconds() > limit {
		return StatusWarn
	}
	return StatusPass
}

// failed is the shape of a result that could not be had.
type failed struct {
	UniqueID string `json:"unique_id"`
	Error    string `json:"error"`
	Status   string `json:"status"`
}

// sourcesFile is Sources with results of both shapes.
type sourcesFile struct {
	Metadata    Metadata `json:"metadata"`
	Results     []any    `json:"results"`
	ElapsedTime float64  `json:"elapsed_time"`
}

// NewSources makes sources.json.
func NewSources(i Invocation, results []Freshness, took time.Duration) any {
	out := sourcesFile{Metadata: i.metadata(sourcesSchema), Results: []any{}, ElapsedTime: took.Seconds()}
	for _, r := range results {
		if r.Status == StatusRuntime {
			out.Results = append(out.Results, failed{r.UniqueID, r.Error, r.Status})
			continue
		}
		if r.Timing == nil {
			r.Timing = []Timing{}
		}
		if r.AdapterResponse == nil {
			r.AdapterResponse = map[string]any{}
		}
		out.Results = append(out.Results, r)
	}
	return out
}

// ReadSources reads sources.json in a folder.
func ReadSources(dir string) (*Sources, error) {
	s := &Sources{}
	return s, read(dir, SourcesFile, "sources", 2, 3, s)
}
