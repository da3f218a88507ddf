package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tarn-lake/tarn/internal/export"
	"github.com/tarn-lake/tarn/internal/gate"
)

// queriesPath is where queries are.
const queriesPath = Root + "v1/queries"

// queryRequest is a query that is to be run.
type queryRequest struct {
	Accept string `header:"Accept"`
	Key    string `header:"Idempotency-Key" maxLength:"255" doc:"Names the request, so that what changes something is done once however often it is sent within a day."`
	Body   struct {
		SQL        string            `json:"sql" minLength:"1" doc:"One SELECT, or a relative of it; or statements that change something, which are one transaction."`
		Parameters []json.RawMessage `json:"parameters,omitempty" maxItems:"65535" doc:"Values for $1, $2 and so on: null, true, false, numbers and texts."`
		Format     export.Format     `json:"format,omitempty" enum:"ndjson,csv,arrow,parquet" doc:"Sends the rows as they are found, as the Accept header does, and keeps none."`
		Wait       *float64          `json:"wait,omitempty" minimum:"0" maximum:"60" doc:"How many seconds to wait for the end before the query goes on as a job; 5 unless told."`
		Limit      int               `json:"limit,omitempty" minimum:"1" maximum:"10000" doc:"How many rows the first page has at most; 1000 unless told."`
	}
}

// QueryAnswer is a query, with its first rows where it has ended.
type QueryAnswer struct {
	Query
	Data []json.RawMessage `json:"data,omitempty" doc:"The first rows: a list for each, with a value for each column."`
	Next string            `json:"next_cursor,omitempty" doc:"The cursor of the next page; none where there is none."`
}

// waitUnlessTold is how long requests wait where they do not say.
const waitUnlessTold = 5 * time.Second

func (s *Server) describeQueries(api huma.API) {
	schemas := api.OpenAPI().Components.Schemas
	answer := schemas.Schema(reflect.TypeFor[QueryAnswer](), true, "QueryAnswer")
	page := schemas.Schema(reflect.TypeFor[Page](), true, "Page")
	add(s, api, huma.Operation{
		OperationID: "createQuery", Method: http.MethodPost, Path: queriesPath, Summary: "Run a query", Tags: []string{"queries"},
		MaxBodyBytes: 4 << 20, Responses: map[string]*huma.Response{
			"200": {Description: "It has ended, or its rows are streamed.", Content: contents(answer)},
			"202": {Description: "It goes on as a job.", Content: map[string]*huma.MediaType{"application/json": {Schema: answer}},
				Headers: map[string]*huma.Param{"Location": {Description: "Where the job is.", Schema: &huma.Schema{Type: huma.TypeString}}}},
		},
	}, s.createQuery)
	add(s, api, huma.Operation{
		OperationID: "listQueries", Method: http.MethodGet, Path: queriesPath, Summary: "List one's own queries, newest first", Tags: []string{"queries"},
	}, s.listQueries)
	add(s, api, huma.Operation{
		OperationID: "getQuery", Method: http.MethodGet, Path: queriesPath + "/{id}", Summary: "How far a query is", Tags: []string{"queries"},
	}, s.getQuery)
	add(s, api, huma.Operation{
		OperationID: "getQueryResults", Method: http.MethodGet, Path: queriesPath + "/{id}/results", Summary: "The rows of a query", Tags: []string{"queries"},
		Responses: map[string]*huma.Response{"200": {Description: "A page of rows, or all of them as a stream.", Content: contents(page)}},
	}, s.queryResults)
	add(s, api, huma.Operation{
		OperationID: "deleteQuery", Method: http.MethodDelete, Path: queriesPath + "/{id}", Summary: "Cancel a query and let it go", Tags: []string{"queries"},
		DefaultStatus: http.StatusNoContent,
	}, s.deleteQuery)
}

// contents are JSON and the formats that are streamed.
func contents(of *huma.Schema) map[string]*huma.MediaType {
	all := map[string]*huma.MediaType{"application/json": {Schema: of}}
	for _, media := range mediaTypes() {
		all[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return all
}

func (s *Server) createQuery(ctx context.Context, in *queryRequest) (*huma.StreamResponse, error) {
	c := callOf(ctx)
	st, err := s.asked(ctx, c, in)
	if err != nil {
		return nil, s.notRun(ctx, st, err)
	}
	if j, err := s.changed(ctx, st); err != nil {
		return nil, err
	} else if j != nil {
		return s.awaited(ctx, j, in)
	}
	a, err := s.admit(ctx, st)
	if err != nil {
		return nil, err
	}
	if f := formatOf(in.Body.Format, in.Accept); f != "" && !st.changes {
		rows, _, err := s.query(ctx, a, func() {})
		if err != nil {
			return nil, err
		}
		return s.streamed(rows, f)
	}
	j, err := s.jobs.start(a)
	if err != nil {
		a.end(ctx, err)
		return nil, err
	}
	return s.awaited(ctx, j, in)
}

// asked is what a request asks for.
func (s *Server) asked(ctx context.Context, c *call, in *queryRequest) (st asked, err error) {
	st = c.stated(gate.Statement{SQL: in.Body.SQL, Who: c.asks()})
	st.changes = s.changes(in.Body.SQL)
	if st.changes {
		if err := c.mayChange(in); err != nil {
			return st, err
		}
		if st.request, err = c.request(in.Key, []any{in.Body.SQL, in.Body.Parameters}); err != nil {
			return st, err
		}
	}
	whole, err := s.statement(ctx, st.Who, st.SQL, in.Body.Parameters)
	if err == nil {
		st.Statement = whole
	}
	return st, err
}

// wait is how long the request waits for the end of its query.
func (in *queryRequest) wait() time.Duration {
	if in.Body.Wait == nil {
		return waitUnlessTold
	}
	return time.Duration(*in.Body.Wait * float64(time.Second))
}

// awaited answers with the first page where the job ends soon enough.
func (s *Server) awaited(ctx context.Context, j *job, in *queryRequest) (*huma.StreamResponse, error) {
	timer := time.NewTimer(in.wait())
	defer timer.Stop()
	select {
	case <-j.ended:
	case <-ctx.Done(): // nobody knows of it, unless it has a name
		if j.statement.request == nil {
			s.jobs.drop(j, errGone)
		}
		return nil, errGone
	case <-timer.C:
		return jsonAnswer(http.StatusAccepted, QueryAnswer{Query: s.toldTo(callOf(ctx).asks(), j)}, queriesPath+"/"+j.id), nil
	}
	if j.statement.changes {
		return s.doneWith(ctx, j)
	}
	p, err := j.page(0, in.Body.Limit)
	if err != nil {
		s.jobs.forget(j)
		return nil, err
	}
	location := queriesPath + "/" + j.id
	if p.Next == "" { // there is nothing more to be asked
		s.jobs.forget(j)
		location = ""
	}
	return jsonAnswer(http.StatusOK, QueryAnswer{Query: j.told(), Data: p.Data, Next: p.Next}, location), nil
}

// doneWith answers for a job that has changed something, and lets it go.
func (s *Server) doneWith(ctx context.Context, j *job) (*huma.StreamResponse, error) {
	s.jobs.forget(j)
	if err := j.failure(); err != nil {
		return nil, err
	}
	return jsonAnswer(http.StatusOK, QueryAnswer{Query: s.toldTo(callOf(ctx).asks(), j)}, ""), nil
}

// page reads a page of what was found.
func (j *job) page(from int64, limit int) (*Page, error) {
	rows, err := j.found(from)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	if limit == 0 {
		limit = pageRows
	}
	return pageOf(rows, columnsOf(j.columns), from, rows.spool.rows(), limit)
}

func (s *Server) listQueries(ctx context.Context, _ *struct{}) (*listed[Query], error) {
	out := &listed[Query]{}
	out.Body.Items = []Query{}
	for _, j := range s.jobs.list(callOf(ctx).who.Principal) {
		told := j.told()
		told.Changed = without(told.Changed, "the list of queries has no rows")
		out.Body.Items = append(out.Body.Items, told)
	}
	return out, nil
}

// queryNamed names a query.
type queryNamed struct {
	ID string `path:"id" maxLength:"64"`
}

type queryTold struct{ Body Query }

func (s *Server) getQuery(ctx context.Context, in *queryNamed) (*queryTold, error) {
	j, err := s.jobs.of(callOf(ctx).who.Principal, in.ID)
	if err != nil {
		return nil, err
	}
	return &queryTold{s.toldTo(callOf(ctx).asks(), j)}, nil
}

// resultsRequest asks for rows of a query.
type resultsRequest struct {
	ID     string        `path:"id" maxLength:"64"`
	Accept string        `header:"Accept"`
	Cursor string        `query:"cursor" maxLength:"128" doc:"Where the page begins."`
	Limit  int           `query:"limit" minimum:"1" maximum:"10000" doc:"How many rows the page has at most; 1000 unless told."`
	Format export.Format `query:"format" enum:"ndjson,csv,arrow,parquet" doc:"Sends all rows, as the Accept header does."`
}

func (s *Server) queryResults(ctx context.Context, in *resultsRequest) (*huma.StreamResponse, error) {
	c := callOf(ctx)
	j, err := s.jobs.of(c.who.Principal, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.stillPasses(ctx, j, c); err != nil {
		return nil, err
	}
	from, err := rowOf(in.Cursor)
	if err != nil {
		return nil, err
	}
	f := formatOf(in.Format, in.Accept)
	if f == "" {
		p, err := j.page(from, in.Limit)
		if err != nil {
			return nil, err
		}
		return jsonAnswer(http.StatusOK, p, ""), nil
	}
	rows, err := j.found(from)
	if err != nil {
		return nil, err
	}
	return s.streamed(s.attended(ctx, rows), f)
}

// stillPasses lets the statement of a job pass the gate again: what it found is
// for who may ask it now.
func (s *Server) stillPasses(ctx context.Context, j *job, c *call) error {
	if j.statement.changes {
		return noRows(j.id)
	}
	st := j.statement.Statement
	st.Who, st.Decisions = c.asks(), nil
	_, err := s.Gate.Plan(ctx, st)
	return err
}

func (s *Server) deleteQuery(ctx context.Context, in *queryNamed) (*struct{}, error) {
	j, err := s.jobs.of(callOf(ctx).who.Principal, in.ID)
	if err != nil {
		return nil, err
	}
	s.jobs.drop(j, errCancelled)
	return nil, nil
}
