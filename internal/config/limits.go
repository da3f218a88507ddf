package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// Limits bound what clients of `tarn serve` may run; what is zero is the
// server's default.
type Limits struct {
	// Running, Queue and Connections are how many statements run and wait at
	// once, and how many clients are connected, in all.
	Running, Queue, Connections int
	// User bounds each user, Users some of them otherwise, and Groups all members
	// of a group together.
	User          Limit
	Users, Groups map[string]Limit
}

// Limit bounds one user, or one group; what is zero is not said.
type Limit struct {
	Running, Queue, Connections int
	// QueueTime is how long a statement may wait, and Time how long it may run.
	QueueTime, Time time.Duration
	// Memory is what a user of its own limits has alone, or what the members of a
	// group have together; 0 is what everybody shares.
	Memory Bytes
	// Place is where it was written.
	Place diag.Place
}

// limitSetting is one of a user or a group.
type limitSetting struct {
	name string
	set  func(l *Limit, value string) error
}

var limitSettings = []limitSetting{
	{"running", func(l *Limit, v string) (err error) { l.Running, err = several(v); return err }},
	{"queue", func(l *Limit, v string) (err error) { l.Queue, err = several(v); return err }},
	{"connections", func(l *Limit, v string) (err error) { l.Connections, err = several(v); return err }},
	{"queue_time", func(l *Limit, v string) (err error) { l.QueueTime, err = someTime(v); return err }},
	{"time", func(l *Limit, v string) (err error) { l.Time, err = someTime(v); return err }},
}

// namedSettings are those of users and groups with limits of their own.
var namedSettings = append(slices.Clone(limitSettings), limitSetting{"memory", func(l *Limit, v string) (err error) { l.Memory, err = memory(v); return err }})

// limitsOfAll are the settings of everybody, and of each user.
func limitsOfAll() []setting {
	list := []setting{
		{"serve.limits.running", func(c *Config, v string) (err error) { c.Serve.Limits.Running, err = several(v); return err }},
		{"serve.limits.queue", func(c *Config, v string) (err error) { c.Serve.Limits.Queue, err = several(v); return err }},
		{"serve.limits.connections", func(c *Config, v string) (err error) { c.Serve.Limits.Connections, err = several(v); return err }},
	}
	for _, s := range limitSettings {
		list = append(list, setting{"serve.limits.user." + s.name, func(c *Config, v string) error { return s.set(&c.Serve.Limits.User, v) }})
	}
	return list
}

// readLimits reads the limits below a mapping of names.
func readLimits(m *yamldoc.Map, key string, ps *diag.Problems) map[string]Limit {
	var limits map[string]Limit
	for _, f := range m.Fields() {
		one := m.Map(f.Key)
		l := Limit{Place: f.Place}
		for _, s := range namedSettings {
			v := one.Text(s.name)
			if !one.Has(s.name) || !one.Node(s.name).IsScalar() {
				continue
			}
			if err := s.set(&l, v); err != nil {
				ps.Errorf("bad-setting", one.Place(s.name), "`%s.%s.%s`: %v", key, f.Key, s.name, err)
			}
		}
		one.Done()
		if limits == nil {
			limits = map[string]Limit{}
		}
		limits[f.Key] = l
	}
	m.Done()
	return limits
}

func several(v string) (int, error) {
	const most = 1_000_000
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("`%s` is not a number from 1 to %d", v, most)
	}
	return n, nil
}

func someTime(v string) (time.Duration, error) {
	d, err := ParseDuration(v)
	if err == nil && d < time.Millisecond {
		return 0, fmt.Errorf("`%s` is too short: the least is 1ms", v)
	}
	return d, err
}
