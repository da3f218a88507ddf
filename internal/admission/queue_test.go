package admission

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is the queue as simple as it can be: a list of statements in the order in
// which they came.
type model struct {
	limits Limits
	list   []*modelled
}

type modelled struct {
	turn          *Turn
	user, group   string
	running, away bool
	began         bool
}

func (m *model) count(of func(*modelled) bool) (n int) {
	for _, s := range m.list {
		if of(s) {
			n++
		}
	}
	return n
}

func (m *model) runningOf(user string) int {
	return m.count(func(s *modelled) bool { return s.running && s.user == user })
}

func (m *model) may(s *modelled) bool {
	own := m.limits.User.Running
	if named := m.limits.Users[s.user].Running; named > 0 {
		own = named
	}
	group := m.limits.Groups[s.group].Running
	return m.count(func(o *modelled) bool { return o.running }) < m.limits.Running && m.runningOf(s.user) < own &&
		(group == 0 || m.count(func(o *modelled) bool { return o.running && o.group == s.group }) < group)
}

// settle lets run what may: the first of each user, of these the one whose user
// runs least, of several the one that came first.
func (m *model) settle() {
	for {
		var best *modelled
		seen := map[string]bool{}
		for _, s := range m.list {
			if s.running || s.away || seen[s.user] {
				continue
			}
			if seen[s.user] = true; m.may(s) && (best == nil || m.runningOf(s.user) < m.runningOf(best.user)) {
				best = s
			}
		}
		if best == nil {
			return
		}
		best.running, best.began = true, true
	}
}

func (m *model) fresh(of func(*modelled) bool) int {
	return m.count(func(s *modelled) bool { return !s.running && !s.away && !s.began && of(s) })
}

// full reports whether more wait than may.
func (m *model) full(s *modelled) bool {
	group := m.limits.Groups[s.group].Queue
	return m.fresh(func(*modelled) bool { return true }) > m.limits.Queue ||
		m.fresh(func(o *modelled) bool { return o.user == s.user }) > m.limits.User.Queue ||
		group > 0 && m.fresh(func(o *modelled) bool { return o.group == s.group }) > group
}

// The queue gives places as a list would that is looked through each time: so
// never more run than may, nothing waits that may run, and what has left has left
// nothing.
func TestPlacesGoToWhoRunsLeast(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		few := rapid.IntRange(1, 4)
		m := &model{limits: Limits{
			Running: rapid.IntRange(1, 6).Draw(r, "running"), Queue: rapid.IntRange(1, 12).Draw(r, "queue"), Connections: 1,
			User:   Limit{Running: few.Draw(r, "user"), Queue: few.Draw(r, "user's queue"), Connections: 1, QueueTime: 1, Time: 1},
			Users:  map[string]Limit{"a": {Running: few.Draw(r, "a")}},
			Groups: map[string]Limit{"g": {Running: few.Draw(r, "group")}, "h": {Queue: few.Draw(r, "group's queue")}},
		}}
		q := New(m.limits)
		groups := map[string]string{"a": "g", "b": "g", "c": "h", "d": "h", "e": "other"}
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			m.step(r, q, groups)
			m.compare(r, q)
		}
		for len(m.list) > 0 { // whoever waits comes to run as others end
			m.settle()
			at := slices.IndexFunc(m.list, func(s *modelled) bool { return s.running || s.away })
			if at < 0 {
				r.Fatal("statements wait, and none runs")
			}
			m.list[at].turn.Leave()
			m.list = slices.Delete(m.list, at, at+1)
			m.settle()
			m.compare(r, q)
		}
		if len(q.some)+len(q.lines) > 0 || q.all.running+q.all.queued+q.all.fresh > 0 {
			r.Fatalf("something is left: %+v %v", q.all, q.some)
		}
	})
}

// step does something to one statement, in the queue and in the model.
func (m *model) step(r *rapid.T, q *Queue, groups map[string]string) {
	if len(m.list) == 0 || rapid.IntRange(0, 2).Draw(r, "ask") > 0 {
		user := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(r, "who")
		s := &modelled{user: user, group: groups[user], turn: q.Ask(Who{"user:" + user, []string{groups[user]}})}
		m.list = append(m.list, s)
		m.settle()
		if full := !s.running && m.full(s); full != (s.turn.Refused() != nil) {
			r.Fatalf("the queue is full: %v, but it says: %v", full, s.turn.Refused())
		} else if full {
			m.list = m.list[:len(m.list)-1]
		}
		return
	}
	at := rapid.IntRange(0, len(m.list)-1).Draw(r, "which")
	s := m.list[at]
	if s.began && rapid.Bool().Draw(r, "for a while") {
		if s.running {
			s.running, s.away = false, true
			s.turn.Leave()
		} else if s.away {
			s.away = false
			q.mu.Lock()
			q.enter(s.turn)
			q.mu.Unlock()
		}
	} else {
		m.list = slices.Delete(m.list, at, at+1)
		s.turn.Leave()
	}
	m.settle()
}

func (m *model) compare(r *rapid.T, q *Queue) {
	var want, got []string
	for i, s := range m.list {
		want = append(want, fmt.Sprint(i, s.user, s.running))
		got = append(got, fmt.Sprint(i, s.user, s.turn.state == runs))
	}
	if !slices.Equal(want, got) {
		r.Fatalf("there are %v, want %v", got, want)
	}
	if n := m.count(func(s *modelled) bool { return s.running }); n != q.Load().Running || n > m.limits.Running {
		r.Fatalf("%d run, the queue says %d, and %d may", n, q.Load().Running, m.limits.Running)
	}
}
