package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// Load reads the settings of the project in dir. env looks up environment
// variables; flags holds the settings given on the command line, by key (see
// [Keys]). A project without tarn.yml has the defaults.
func Load(dir string, env func(string) (string, bool), flags map[string]string) (Config, *diag.Problems) {
	ps := &diag.Problems{}
	c := Config{Dir: dir, Lake: Lake{Path: ".tarn"}, Serve: Serve{Listen: "127.0.0.1:8181", Locations: RefuseLocations}, History: History{RemoveAfter: 24 * time.Hour},
		Audit: Audit{Keep: 30 * 24 * time.Hour, OnFailure: RefuseUnrecorded, FileSize: 100e6, Kafka: Kafka{Topic: "tarn.statements"}}}
	c.readFile(ps)
	for _, s := range settings {
		name := Env(s.key)
		if v, ok := env(name); ok && v != "" {
			s.apply(&c, v, diag.Place{File: name}, ps)
		}
		if v, ok := flags[s.key]; ok {
			s.apply(&c, v, diag.Place{File: "--" + flagName(s.key)}, ps)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(flags)) {
		if !slices.Contains(Keys(), key) {
			ps.Errorf("unknown-key", diag.Place{File: "--" + flagName(key)}, "unknown setting `%s`", key).Hint = yamldoc.KeyHint(key, Keys())
		}
	}
	c.Catalog.check(ps)
	if (c.Serve.Certificate == "") != (c.Serve.Key == "") {
		ps.Errorf("bad-setting", diag.Place{File: File}, "`serve.certificate` and `serve.key` need each other")
	}
	if key, database := c.Catalog.database(); database != "" && c.State.URI == "" {
		ps.Errorf("bad-setting", diag.Place{File: File}, "`%s` is a server's and `state.uri` is not set: who shares a catalog shares the journal of runs", key).
			WithHint("give state.uri another database of the server, or another schema: ?search_path=name")
	}
	if c.Engine.Spill == "" {
		c.Engine.Spill = filepath.Join(c.Lake.Path, "spill")
	}
	return c, ps
}

func flagName(key string) string { return strings.ReplaceAll(key, ".", "-") }

func (c *Config) readFile(ps *diag.Problems) {
	text, err := os.ReadFile(filepath.Join(c.Dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		ps.Errorf("unreadable", diag.Place{File: File}, "the settings cannot be read: %v", err).WithCause(err)
		return
	}
	r := &yamldoc.Reader{Problems: ps}
	top := r.Map(r.Parse(File, text), "the file")
	sections := map[string]*yamldoc.Map{}
	for _, name := range []string{"lake", "catalog", "state", "engine", "python", "serve", "history", "audit"} {
		sections[name] = top.Map(name)
	}
	sections["audit.kafka"] = sections["audit"].Map("kafka")
	limits := sections["serve"].Map("limits")
	sections["serve.limits"], sections["serve.limits.user"] = limits, limits.Map("user")
	c.Serve.Limits.Users = readLimits(limits.Map("users"), "serve.limits.users", ps)
	c.Serve.Limits.Groups = readLimits(limits.Map("groups"), "serve.limits.groups", ps)
	for _, s := range settings {
		dot := strings.LastIndexByte(s.key, '.')
		if dot < 0 {
			continue
		}
		m, name := sections[s.key[:dot]], s.key[dot+1:]
		if v := m.Text(name); m.Has(name) && m.Node(name).IsScalar() {
			s.apply(c, v, m.Place(name), ps)
		}
	}
	for _, m := range sections {
		m.Done()
	}
	c.readReport(top.Map("report"), ps)
	top.Done()
}

func (c *Config) readReport(m *yamldoc.Map, ps *diag.Problems) {
	for _, chart := range m.Maps("charts", "a chart") {
		one := Chart{Table: chart.Text("table"), X: chart.Text("x"), Y: chart.Text("y"), Title: chart.Text("title"), Place: chart.Here()}
		for _, key := range []string{"table", "x", "y"} {
			if !chart.Has(key) {
				ps.Errorf("missing-key", chart.Here(), "the chart has no `%s`", key).
					WithHint("a chart is {table: daily_sales, x: sales_date, y: gross_sales, title: Revenue by day}")
			}
		}
		if one.Title == "" {
			one.Title = one.Y + " by " + one.X
		}
		chart.Done()
		c.Report.Charts = append(c.Report.Charts, one)
	}
	m.Done()
}
