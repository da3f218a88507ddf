//go:build duckdb_arrow

package httpapi_test

import (
	"context"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
)

// limited serves within limits.
func limited(l admission.Limits) func(*httpapi.Options) {
	return func(o *httpapi.Options) { o.Admission = admission.New(l) }
}

func TestQueriesWaitUntilThereIsRoom(t *testing.T) {
	s := newServer(t, limited(admission.Limits{Running: 2, User: admission.Limit{Running: 1, Queue: 1}}))
	running := told[httpapi.Query](t, s.want(sql(endless, `,"wait":0`), 202, `"state":"running"`))
	waiting := told[httpapi.Query](t, s.want(sql("SELECT 7", `,"wait":0`), 202, `"state":"queued"`))
	s.want("GET /api/v1/queries/"+waiting.ID+"/results", 409, `"code":"still-running"`)
	full := s.want(sql("SELECT 1"), 429, `"code":"queue-full"`, "At most 1 of local:somebody may wait.", `"hint":"try again later`)
	if full.Header.Get("Retry-After") != "1" || full.Header.Get("Content-Type") != "application/problem+json" {
		t.Error(full.Header)
	}
	s.want(sql("SELECT 1", `,"format":"csv"`), 429)
	s.want("GET /api/v1/tables/main/orders/sample", 429)
	s.as("anna").want(sql("SELECT 1"), 200)
	s.want("DELETE /api/v1/queries/"+running.ID, 204)
	done := told[httpapi.Query](t, s.eventually("GET /api/v1/queries/"+waiting.ID, `"state":"done"`))
	if done.Queued <= 0 || done.Queued > done.Seconds {
		t.Errorf("it waited %v s of %v", done.Queued, done.Seconds)
	}
}

func TestQueriesThatWaitAreCancelledOrGiveUp(t *testing.T) {
	q := admission.New(admission.Limits{Running: 1, User: admission.Limit{QueueTime: time.Millisecond}, Users: map[string]admission.Limit{"somebody": {QueueTime: time.Hour}}})
	s := newServer(t, func(o *httpapi.Options) { o.Admission = q })
	running := told[httpapi.Query](t, s.want(sql(endless, `,"wait":0`), 202))
	s.as("anna").want(sql("SELECT 1"), 429, `"code":"waited-too-long"`, "At most 1 of everybody may run at once.")
	waiting := told[httpapi.Query](t, s.want(sql("SELECT 7", `,"wait":0`), 202, `"state":"queued"`))
	s.want("DELETE /api/v1/queries/"+waiting.ID, 204)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		_, _ = s.send(ctx, sql("SELECT 8", `,"wait":60`))
		close(ended)
	}()
	s.eventually("GET /api/v1/queries", `"state":"queued"`)
	stop()
	<-ended
	s.want("DELETE /api/v1/queries/"+running.ID, 204)
	s.eventually("GET /api/v1/queries", `"items":[]`)
	if l := q.Load(); l.Running+l.Waiting > 0 {
		t.Errorf("something is left: %+v", l)
	}
}

// Whoever takes a stream slowly keeps nobody from running.
func TestASlowReaderLetsOthersRun(t *testing.T) {
	s := newServer(t, limited(admission.Limits{Running: 1}))
	c := s.untaken()
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	s.as("anna").want(sql("SELECT 1"), 200, "[[1]]")
}

func TestNothingBeginsOnceTheServerStops(t *testing.T) {
	q := admission.New(admission.Limits{Running: 1})
	s := newServer(t, func(o *httpapi.Options) { o.Admission = q })
	s.want(sql(endless, `,"wait":0`), 202)
	waiting := told[httpapi.Query](t, s.want(sql("SELECT 7", `,"wait":0`), 202, `"state":"queued"`))
	q.Stop()
	s.eventually("GET /api/v1/queries/"+waiting.ID, `"code":"stopped"`)
	s.want(sql("SELECT 1"), 503, `"code":"stopping"`)
}
