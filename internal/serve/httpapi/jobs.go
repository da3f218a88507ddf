package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/identity"
)

// jobs are those of all clients.
type jobs struct {
	server  *Server
	running sync.WaitGroup

	mu      sync.Mutex
	all     map[string]*job
	bytes   int64
	stopped bool
}

func newJobs(s *Server) *jobs { return &jobs{server: s, all: map[string]*job{}} }

func unknownQuery(id string) *Problem {
	return problemf(http.StatusNotFound, "unknown-query", "there is no query %s", id).
		hinted("queries are there for who made them, and for a while after they ended")
}

// start begins a job, which may have to wait.
func (js *jobs) start(st *admitted) (*job, error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	if err := js.room(st.Who.Principal); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancelCause(context.Background())
	j := &job{id: uuid.NewString(), owner: st.Who.Principal, statement: st, submitted: time.Now().UTC(), state: Running,
		stop: stop, ended: make(chan struct{})}
	if st.turn.Waits() {
		j.state = Queued
	}
	js.all[j.id] = j
	js.running.Go(func() {
		defer stop(nil)
		j.run(ctx, js.server)
		js.ended(j)
	})
	return j, nil
}

// room refuses more jobs than there may be.
func (js *jobs) room(who identity.Principal) error {
	l := js.server.Limits
	own := 0
	for _, j := range js.all {
		if j.owner == who {
			own++
		}
	}
	switch {
	case js.stopped:
		return errStopping
	case own >= l.Jobs:
		return tooMany("%d of your queries are kept", own)
	case len(js.all) >= l.AllJobs:
		return tooMany("%d queries are kept", len(js.all))
	}
	return nil
}

func tooMany(format string, args ...any) *Problem {
	p := problemf(http.StatusTooManyRequests, "too-many-queries", format, args...).
		hinted("wait for their end, or delete what you do not need any more")
	p.wait = 1
	return p
}

// isUnderWay reports whether the job has not ended.
func (j *job) isUnderWay() bool {
	select {
	case <-j.ended:
		return false
	default:
		return true
	}
}

// took notes what a job has found; an error is that it was too much.
func (js *jobs) took(all, more int64) error {
	l := js.server.Limits
	js.mu.Lock()
	js.bytes += more
	together := js.bytes
	js.mu.Unlock()
	switch {
	case all > l.Bytes:
		return problemf(http.StatusUnprocessableEntity, "result-too-large", "the result has more than %d bytes", l.Bytes).
			hinted("ask for a format, such as csv or arrow: then rows are sent as they are found, and none are kept")
	case together > l.AllBytes:
		return problemf(http.StatusServiceUnavailable, "results-full", "the results that are kept have more than %d bytes together", l.AllBytes).
			hinted("delete queries that you do not need any more, or ask for a format, such as csv or arrow")
	}
	return nil
}

// ended lets go of what a job holds that found nothing, and of the job after a
// while.
func (js *jobs) ended(j *job) {
	js.mu.Lock()
	j.mu.Lock()
	if j.spool == nil {
		js.bytes -= j.held
		j.held = 0
	}
	j.mu.Unlock()
	js.mu.Unlock()
	js.keep(j)
}

// keep lets a job go after a while.
func (js *jobs) keep(j *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.expiry != nil {
		j.expiry.Stop()
	}
	j.expiry = time.AfterFunc(js.server.Limits.Keep, func() { js.forget(j) })
}

// forget lets a job go that has ended.
func (js *jobs) forget(j *job) {
	js.mu.Lock()
	defer js.mu.Unlock()
	if js.all[j.id] != j {
		return
	}
	delete(js.all, j.id)
	j.mu.Lock()
	defer j.mu.Unlock()
	js.bytes -= j.held
	j.held = 0
	if j.expiry != nil {
		j.expiry.Stop()
	}
	if j.spool != nil {
		j.spool.close()
	}
}

// drop stops a job and lets it go.
func (js *jobs) drop(j *job, why error) {
	j.stop(why)
	<-j.ended
	js.forget(j)
}

// of finds a job of somebody's; nobody else's is there.
func (js *jobs) of(who identity.Principal, id string) (*job, error) {
	js.mu.Lock()
	j := js.all[id]
	js.mu.Unlock()
	if j == nil || j.owner != who {
		return nil, unknownQuery(id)
	}
	if !j.isUnderWay() {
		js.keep(j)
	}
	return j, nil
}

// list are somebody's jobs, newest first.
func (js *jobs) list(who identity.Principal) []*job {
	js.mu.Lock()
	defer js.mu.Unlock()
	var own []*job
	for _, j := range js.all {
		if j.owner == who {
			own = append(own, j)
		}
	}
	slices.SortFunc(own, func(a, b *job) int {
		if c := b.submitted.Compare(a.submitted); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return own
}

// close stops all jobs and lets them go.
func (js *jobs) close() {
	js.mu.Lock()
	js.stopped = true
	var all []*job
	for _, j := range js.all {
		j.stop(errStopping)
		all = append(all, j)
	}
	js.mu.Unlock()
	js.running.Wait()
	for _, j := range all {
		js.forget(j)
	}
}
