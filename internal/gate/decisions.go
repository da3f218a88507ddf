package gate

import (
	"slices"
	"sync"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
)

// Decisions are what policies decided for who asks, over one statement or
// several. It is safe for concurrent use; the zero value is none, and nil takes
// no notes.
type Decisions struct {
	mu        sync.Mutex
	permitted []demand
	by        []string
}

// demand is something that was permitted.
type demand struct {
	do policy.Action
	on ident.Table
}

func (d *Decisions) note(do policy.Action, on ident.Table, answer policy.Decision) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if answer.Allowed {
		d.permitted = with(d.permitted, demand{do, on})
	}
	for _, rule := range answer.By {
		d.by = with(d.by, rule.ID)
	}
}

// Add takes over what others say.
func (d *Decisions) Add(others *Decisions) {
	others.mu.Lock()
	defer others.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range others.permitted {
		d.permitted = with(d.permitted, one)
	}
	for _, id := range others.by {
		d.by = with(d.by, id)
	}
}

// Policies are those that decided, each once.
func (d *Decisions) Policies() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.by)
}

// Read are the tables and views that were permitted to be read, each once.
func (d *Decisions) Read() (tables []ident.Table) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range d.permitted {
		if one.do == policy.Select {
			tables = append(tables, one.on)
		}
	}
	return tables
}

func with[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// Again asks once more whether somebody may do all that was permitted, as things
// are at this moment.
func (g *Gate) Again(who policy.Who, d *Decisions) error {
	d.mu.Lock()
	demands := slices.Clone(d.permitted)
	d.mu.Unlock()
	for _, one := range demands {
		if err := g.Allow(Statement{Who: who}, one.do, one.on, -1); err != nil {
			return err
		}
	}
	return nil
}

// MayRead is an error where somebody may not read one of the tables, as things are
// at this moment.
func (g *Gate) MayRead(who policy.Who, tables []ident.Table) error {
	for _, t := range tables {
		if err := g.Allow(Statement{Who: who}, policy.Select, t, -1); err != nil {
			return err
		}
	}
	return nil
}
