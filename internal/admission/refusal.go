package admission

import (
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// The codes of refusals.
const (
	// QueueFull: as many statements wait as may.
	QueueFull = "queue-full"
	// WaitedTooLong: it waited as long as statements may.
	WaitedTooLong = "waited-too-long"
	// TooManyConnections: as many clients are connected as may.
	TooManyConnections = "too-many-connections"
	// Stopping: nothing begins any more; Stopped: nor does what waited.
	Stopping = "stopping"
	Stopped  = "stopped"
)

// Refusal is why a statement does not run, or a client is not let in. It is a
// [diag.Problem], with more.
type Refusal struct {
	*diag.Problem
	// Detail says in a sentence which limit it was.
	Detail string
	// Retry is after how long it makes sense to try again.
	Retry time.Duration
}

// Unwrap returns the problem.
func (r *Refusal) Unwrap() error { return r.Problem }

// raise is what can be done about limits.
const raise = "try again later; serve.limits in tarn.yml says how many there may be"

func full(s *share) *Refusal {
	return &Refusal{diag.New(QueueFull, diag.Place{}, "too many statements wait to run").WithHint(raise),
		"At most " + strconv.Itoa(s.limit.Queue) + " of " + s.whose() + " may wait.", time.Second}
}

func tooLong(waited time.Duration, s *share) *Refusal {
	return &Refusal{diag.New(WaitedTooLong, diag.Place{}, "the statement has waited for %s, and could not be run", waited).WithHint(raise),
		"At most " + strconv.Itoa(s.limit.Running) + " of " + s.whose() + " may run at once.", 10 * time.Second}
}

func crowded(s *share) *Refusal {
	return &Refusal{diag.New(TooManyConnections, diag.Place{}, "too many clients are connected").WithHint("disconnect one that is not used; serve.limits in tarn.yml says how many there may be"),
		"At most " + strconv.Itoa(s.limit.Connections) + " of " + s.whose() + " may be connected.", 10 * time.Second}
}

func stopping() *Refusal {
	return &Refusal{diag.New(Stopping, diag.Place{}, "the server is stopping").WithHint("connect again"), "No statement begins any more.", time.Second}
}

func stopped() *Refusal {
	return &Refusal{diag.New(Stopped, diag.Place{}, "the server is stopping").WithHint("connect again"), "The statement waited to run, and nothing of it was done.", time.Second}
}

// whose tells who has a share.
func (s *share) whose() string {
	if s.name == "" {
		return "everybody"
	}
	return s.name
}
