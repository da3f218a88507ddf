package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Project is what is known of the project behind the lake.
type Project interface {
	// Report gathers what the page shows of a run; "" is the newest.
	Report(ctx context.Context, run string) (explain.Report, error)
	// Why tells why a resource is as it is.
	Why(ctx context.Context, name string) (explain.Answer, error)
	// Lineage finds what a resource is made of, and what is made of it.
	Lineage(ctx context.Context, name string) (Lineage, error)
}

// Lineage is a resource with all that it is made of and that is made of it.
type Lineage struct {
	Resource string        `json:"resource" doc:"The id of the one that was asked for."`
	Nodes    []LineageNode `json:"nodes" doc:"Resources, each before what is made of it."`
	Edges    [][2]string   `json:"edges" doc:"Pairs of ids: the second is made of the first."`
}

// LineageNode is a resource of a lineage.
type LineageNode struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Kind        string      `json:"kind"`
	Table       string      `json:"table,omitempty" doc:"The table or view that it is."`
	Description string      `json:"description,omitempty"`
	Stored      ident.Table `json:"-"`
}

// Why tells why a resource is as it is.
type Why struct {
	Name       string         `json:"name"`
	Kind       string         `json:"kind"`
	State      string         `json:"state" doc:"published, held, failed, skipped, unchanged, running or not built."`
	Reason     string         `json:"reason,omitempty"`
	Run        string         `json:"run_id,omitempty" doc:"The run that brought it into its state."`
	At         *time.Time     `json:"at,omitempty"`
	Rows       int64          `json:"rows" doc:"How many rows that run built; -1 is unknown."`
	Passed     int            `json:"passed" doc:"How many tests passed."`
	Tests      []WhyTest      `json:"tests,omitempty" doc:"Those that failed or warned."`
	Problem    *Problem       `json:"problem,omitempty" doc:"Why its step failed."`
	Because    []WhyLink      `json:"because,omitempty" doc:"What keeps it back, the nearest first."`
	Waiting    []WhyLink      `json:"waiting,omitempty" doc:"What is held or skipped with it."`
	Quarantine *WhyQuarantine `json:"quarantine,omitempty"`
	Readers    *WhyReaders    `json:"readers,omitempty" doc:"What readers see now."`
}

// WhyTest is a test that did not pass.
type WhyTest struct {
	Name     string     `json:"name"`
	State    string     `json:"state"`
	Severity string     `json:"severity"`
	Failures int64      `json:"failures"`
	Message  string     `json:"message,omitempty"`
	Columns  []string   `json:"columns,omitempty"`
	Rows     [][]string `json:"rows,omitempty" doc:"Failing rows, as text."`
}

// WhyLink is another resource.
type WhyLink struct {
	Name   string `json:"name"`
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

// WhyQuarantine is what did not fit.
type WhyQuarantine struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

// WhyReaders is what readers see.
type WhyReaders struct {
	Rows    int64      `json:"rows"`
	At      *time.Time `json:"published_at,omitempty"`
	Through string     `json:"through,omitempty"`
}

func (s *Server) describeProject(api huma.API) {
	if s.Project == nil {
		return
	}
	get := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: Root + "v1/resources/{name}" + path, Summary: summary, Tags: []string{"resources"}}
	}
	add(s, api, get("explainResource", "/why", "Why a resource is as it is: for those who may be told of the whole project"), s.why)
	add(s, api, get("getLineage", "/lineage", "What a resource is made of, and what is made of it"), s.lineage)
	s.mux.HandleFunc("GET /{$}", s.page)
}

// seesWhole reports whether who asks may be told of the whole project: the gate
// decides, as for the tables that tell of runs.
func (s *Server) seesWhole(ctx context.Context) (bool, error) {
	_, err := s.ask(ctx, "SELECT run_id FROM "+system("runs")+" LIMIT 0")
	if err != nil && problemOf(err).Status == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

func (s *Server) needWhole(ctx context.Context) error {
	may, err := s.seesWhole(ctx)
	if err == nil && !may {
		err = problemf(http.StatusForbidden, "denied", "%s may not be told of the whole project", callOf(ctx).who.Principal)
	}
	return err
}

// page is the report, as it is now.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	var text bytes.Buffer
	err := s.needWhole(r.Context())
	if err == nil {
		var report explain.Report
		if report, err = s.Project.Report(r.Context(), r.URL.Query().Get("run")); err == nil {
			err = explain.WriteReport(&text, report)
		}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	callOf(r.Context()).patient()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text.Bytes()) // a client that is gone needs none
}

// resourceNamed names a resource as people do, or by its table.
type resourceNamed struct {
	Name string `path:"name" maxLength:"512"`
}

type whyTold struct{ Body Why }

func (s *Server) why(ctx context.Context, in *resourceNamed) (*whyTold, error) {
	if err := s.needWhole(ctx); err != nil {
		return nil, err
	}
	a, err := s.Project.Why(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	return &whyTold{whyOf(a)}, nil
}

func whyOf(a explain.Answer) Why {
	w := Why{Name: a.Name, Kind: a.Kind, State: string(a.State), Reason: a.Reason, Run: a.Run.ID, At: timeOf(a.Run.At), Rows: a.Rows, Passed: a.Passed,
		Because: linksOf(a.Because), Waiting: linksOf(a.Waiting)}
	for _, t := range a.Tests {
		w.Tests = append(w.Tests, WhyTest{t.Name, string(t.State), t.Severity, t.Failures, t.Message, t.Columns, t.Rows})
	}
	if a.Problem != nil {
		w.Problem = problemSaid(a.Problem)
	}
	if a.Quarantine != nil {
		w.Quarantine = &WhyQuarantine{a.Quarantine.Table, a.Quarantine.Rows}
	}
	if p := a.Readers; p != nil {
		w.Readers = &WhyReaders{p.Rows, timeOf(p.At), p.Through}
	}
	return w
}

func linksOf(list []explain.Link) (links []WhyLink) {
	for _, l := range list {
		links = append(links, WhyLink{l.Name, string(l.State), l.Reason})
	}
	return links
}

// timeOf is nil where a time is not known.
func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

type lineageTold struct{ Body Lineage }

// lineage leaves out what who asks does not see.
func (s *Server) lineage(ctx context.Context, in *resourceNamed) (*lineageTold, error) {
	whole, err := s.seesWhole(ctx)
	if err != nil {
		return nil, err
	}
	l, err := s.Project.Lineage(ctx, in.Name)
	if !whole {
		// What there is besides, an error may tell.
		unknown := problemf(http.StatusNotFound, "unknown-resource", "the project has nothing called %s", in.Name)
		if err != nil {
			return nil, unknown
		}
		if l, err = s.seenOf(ctx, l); err == nil && !slices.ContainsFunc(l.Nodes, func(n LineageNode) bool { return n.ID == l.Resource }) {
			err = unknown
		}
	}
	if err != nil {
		return nil, err
	}
	return &lineageTold{l}, nil
}

// seenOf is the part of a lineage that are tables which who asks sees.
func (s *Server) seenOf(ctx context.Context, l Lineage) (Lineage, error) {
	tables, err := all[Table](ctx, s, "SELECT namespace, table_name FROM "+system("tables"))
	if err != nil {
		return Lineage{}, err
	}
	seen := map[string]bool{}
	for _, t := range tables {
		seen[ident.Table{Namespace: t.Namespace, Name: t.Name}.Key()] = true
	}
	left := map[string]bool{}
	l.Nodes = slices.DeleteFunc(l.Nodes, func(n LineageNode) bool {
		left[n.ID] = n.Table != "" && seen[n.Stored.Key()]
		return !left[n.ID]
	})
	l.Edges = slices.DeleteFunc(l.Edges, func(e [2]string) bool { return !left[e[0]] || !left[e[1]] })
	return l, nil
}
