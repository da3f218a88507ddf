// Package admission is for who may run now: how many statements run at once, of
// everybody, of each user and of each group, who waits for that, and who is next.
//
//	         ┌─► refused
//	Ask ─────┼─► waits ─┬─► runs ◄─► away (gave its place to others for a while)
//	         └──────────┘     └────► ended
//
// It promises:
//
//  1. No more statements run than the limits say, and where one may run, none
//     waits.
//  2. A place that becomes free goes to the user who runs least, of several to
//     the statement that came first: many statements of one user do not keep
//     another's first from running, and nobody waits for ever.
//  3. Who gives up, is cancelled or has waited long enough is out of the queue at
//     once, and a place that was left is given on at once.
//  4. A statement that waits for its client does not keep others from running
//     ([Turn.Rest]), and comes back without asking whether the queue is full.
//
// It leaves to others what statements are, and how their clients are told.
package admission

import (
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits bound what runs and waits; zero values are the defaults.
type Limits struct {
	// Running is how many statements run at once; default 4 for each processor,
	// and 8 at least.
	Running int
	// Queue is how many may wait besides; default 1000.
	Queue int
	// Connections is how many clients there may be that stay connected; default
	// 1000.
	Connections int
	// User bounds each user. By default it is half of all of the above, five
	// minutes in the queue and an hour to run.
	User Limit
	// Users bound some of them otherwise, by name or by kind:name; what they leave
	// out is as User has it.
	Users map[string]Limit
	// Groups bound all members of a group together; what they leave out they do
	// not bound. How long a statement may wait and run holds for each member
	// for whom Users does not say it; of several groups the longest counts.
	Groups map[string]Limit
}

// Limit bounds the statements of one user, or of one group.
type Limit struct {
	Running, Queue, Connections int
	// QueueTime is how long a statement may wait, and Time how long it may run,
	// until its last row was sent.
	QueueTime, Time time.Duration
}

// Who asks.
type Who struct {
	// Principal is kind:name.
	Principal string
	Groups    []string
}

// withDefaults fills in what is left out.
func (l Limits) withDefaults() Limits {
	defaults(&l.Running, max(8, 4*runtime.GOMAXPROCS(0)))
	defaults(&l.Queue, 1000)
	defaults(&l.Connections, 1000)
	l.User = l.User.or(Limit{half(l.Running), half(l.Queue), half(l.Connections), 5 * time.Minute, time.Hour})
	return l
}

func half(n int) int { return (n + 1) / 2 }

// or fills in what is left out from others.
func (l Limit) or(others Limit) Limit {
	defaults(&l.Running, others.Running)
	defaults(&l.Queue, others.Queue)
	defaults(&l.Connections, others.Connections)
	defaults(&l.QueueTime, others.QueueTime)
	defaults(&l.Time, others.Time)
	return l
}

func defaults[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// of is what bounds one user.
func (l *Limits) of(who Who) Limit {
	_, name, _ := strings.Cut(who.Principal, ":")
	own, named := l.Users[who.Principal]
	if !named {
		own = l.Users[name]
	}
	var groups Limit
	for _, g := range who.Groups {
		groups.QueueTime = max(groups.QueueTime, l.Groups[g].QueueTime)
		groups.Time = max(groups.Time, l.Groups[g].Time)
	}
	return own.or(groups).or(l.User)
}

// Queue lets statements run. It is safe for concurrent use.
type Queue struct {
	limits Limits

	mu sync.Mutex // guards what follows, and all turns
	// all has the statements of everybody, some those of users and groups, by
	// kind:name.
	all  share
	some map[string]*share
	// lines are the users who have statements that wait.
	lines   map[*share]bool
	last    uint64
	stopped bool
	refused map[string]int
}

// share is what somebody has of what there is: a user, a group or everybody.
type share struct {
	name  string
	limit Limit
	// running and queued are how many statements do and are, fresh those of the
	// latter that have not run before: what came back does not fill the queue.
	running, queued, fresh int
	connections            int
	// waiting are those of a user, in the order in which they came.
	waiting []*Turn
}

// New returns a queue in which nobody waits.
func New(l Limits) *Queue {
	l = l.withDefaults()
	return &Queue{limits: l, all: share{limit: Limit{Running: l.Running, Queue: l.Queue, Connections: l.Connections}},
		some: map[string]*share{}, lines: map[*share]bool{}, refused: map[string]int{}}
}

// Limits are those that hold, with the defaults.
func (q *Queue) Limits() Limits { return q.limits }

// Load is how much there is to do.
type Load struct {
	// Running and Waiting are how many statements do.
	Running, Waiting int
	// Refused is how many were, or were not let in, by why ([diag.Problem.Code]).
	Refused map[string]int
}

// Load tells how much there is to do.
func (q *Queue) Load() Load {
	q.mu.Lock()
	defer q.mu.Unlock()
	return Load{q.all.running, q.all.queued, maps.Clone(q.refused)}
}

// Stop ends the wait of what has not begun, and lets nothing begin any more.
func (q *Queue) Stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stopped = true
	for _, s := range slices.Collect(maps.Values(q.some)) {
		for _, t := range slices.Clone(s.waiting) {
			if !t.began {
				q.refuse(t, stopped())
			}
		}
	}
}
