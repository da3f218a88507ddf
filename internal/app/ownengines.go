package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
)

// ownIdle is how long an instance is kept that nobody uses.
const ownIdle = 5 * time.Minute

// opening opens an instance with so many bytes of memory and a folder to spill to.
type opening func(ctx context.Context, memory int64, spill string) (engine.Engine, error)

// ownEngines are the instances on which those users and groups read that have
// memory for themselves: an instance is what the engine bounds the memory of.
type ownEngines struct {
	// users are by name or by kind:name, groups by name.
	users, groups map[string]*ownEngine
}

func newOwnEngines(limits config.Limits, open opening, log *slog.Logger) *ownEngines {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	of := func(kind string, limits map[string]config.Limit) map[string]*ownEngine {
		own := map[string]*ownEngine{}
		for name, l := range limits {
			name = ident.Fold(name)
			own[name] = nil
			if l.Memory > 0 {
				spill := "read-" + kind + "-" + strings.ReplaceAll(name, ":", "-")
				own[name] = &ownEngine{memory: int64(l.Memory), spill: spill, open: open, log: log}
			}
		}
		return own
	}
	return &ownEngines{users: of("user", limits.Users), groups: of("group", limits.Groups)}
}

// of is the instance of somebody, or else that of their group, of several the one
// with most memory; nil is everybody's. The owner of this machine has that one,
// whom the limit of the whole process bounds.
func (o *ownEngines) of(who policy.Who) engine.Engine {
	if who.IsLocal() {
		return nil
	}
	own, named := o.users[ident.Fold(who.Principal.String())]
	if !named {
		own = o.users[ident.Fold(who.Principal.Name)]
	}
	if own == nil {
		own = o.ofGroups(who.Groups)
	}
	if own == nil {
		return nil
	}
	return own
}

func (o *ownEngines) ofGroups(names []string) (most *ownEngine) {
	for _, name := range names {
		if own := o.groups[name]; own != nil && (most == nil || own.memory > most.memory) {
			most = own
		}
	}
	return most
}

// close closes what is open.
func (o *ownEngines) close() error {
	var errs []error
	for _, all := range []map[string]*ownEngine{o.users, o.groups} {
		for _, e := range all {
			if e != nil {
				errs = append(errs, e.Close())
			}
		}
	}
	return errors.Join(errs...)
}

// ownEngine is an instance that is opened with the first session, and closed when
// there was none for a while.
type ownEngine struct {
	memory int64 // bytes
	spill  string
	open   opening
	log    *slog.Logger

	mu       sync.Mutex
	instance engine.Engine // nil while nobody needs it
	sessions int
	ending   *time.Timer // nil while somebody uses the instance, or it is not open
	closed   bool
}

// Session implements [engine.Engine].
func (e *ownEngine) Session(ctx context.Context) (engine.Session, error) {
	instance, err := e.use(ctx)
	if err != nil {
		return nil, err
	}
	s, err := instance.Session(ctx)
	if err != nil {
		e.leave()
		return nil, err
	}
	return &ownSession{Session: s, left: sync.OnceFunc(e.leave)}, nil
}

// use counts a session and returns the instance.
func (e *ownEngine) use(ctx context.Context) (engine.Engine, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, engine.ErrClosed
	}
	if e.instance == nil {
		// Others need it, whatever becomes of this statement.
		instance, err := e.open(context.WithoutCancel(ctx), e.memory, e.spill)
		if err != nil {
			return nil, err
		}
		e.instance = instance
	}
	e.sessions++
	e.stay()
	return e.instance, nil
}

// stay keeps the instance from ending.
func (e *ownEngine) stay() {
	if e.ending != nil {
		e.ending.Stop()
		e.ending = nil
	}
}

// leave counts a session that is over.
func (e *ownEngine) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sessions--; e.sessions == 0 && !e.closed {
		e.ending = time.AfterFunc(ownIdle, e.end)
	}
}

// end closes the instance if still nobody uses it.
func (e *ownEngine) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sessions > 0 || e.instance == nil {
		return
	}
	e.stay()
	if err := e.instance.Close(); err != nil {
		e.log.Warn("an engine that nobody used was not closed", "spill", e.spill, "error", err)
	}
	e.instance = nil
}

// Close implements [engine.Engine].
func (e *ownEngine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stay()
	e.closed = true
	if e.instance == nil {
		return nil
	}
	instance := e.instance
	e.instance = nil
	return instance.Close()
}

// ownSession is a session that says when it is over.
type ownSession struct {
	engine.Session
	left func()
}

// Close implements [engine.Session].
func (s *ownSession) Close() error {
	defer s.left()
	return s.Session.Close()
}
