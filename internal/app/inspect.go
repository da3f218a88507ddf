package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/scan"
)

// TableInfo is a line of `tarn tables`. Rows is -1 where there is no count.
type TableInfo struct {
	Name      string    `json:"name"`
	Kind      string    `json:"kind"`
	Rows      int64     `json:"rows"`
	Columns   int       `json:"column_count"`
	Snapshots int       `json:"snapshot_count"`
	Published time.Time `json:"published_at,omitzero"`
	Doc       string    `json:"description,omitempty"`
	// Error says why it cannot be read; then there is no more than its name.
	Error string `json:"error,omitempty"`
}

// Tables lists what readers see.
func (a *App) Tables(ctx context.Context) ([]TableInfo, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	view, err := s.lake.Pin(ctx)
	if err != nil {
		return nil, err
	}
	times, err := s.lake.Published(ctx)
	if err != nil {
		return nil, err
	}
	list := []TableInfo{}
	for _, e := range view.Entries() {
		t, err := view.Load(ctx, e.Name)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil { // no reason to tell nothing of the others
			list = append(list, TableInfo{Name: e.Name.String(), Kind: kindWord(e.Kind), Rows: -1, Error: brief(err)})
			continue
		}
		info := TableInfo{Name: t.Name().String(), Kind: kindName(t), Rows: rowsOf(t.Current()), Columns: len(t.Schema().Fields), Snapshots: len(t.Snapshots()), Doc: t.Doc()}
		info.Published = publishedAt(t, times)
		list = append(list, info)
	}
	return list, nil
}

// unreadable is a problem where tables cannot be read.
func unreadable(tables []TableInfo) error {
	var problems diag.Problems
	for _, t := range tables {
		if t.Error != "" {
			problems.Errorf("unreadable-table", diag.Place{}, "%s", t.Error)
		}
	}
	return problems.Err()
}

// publishedAt is when readers began to see a state; what another program
// committed counts from its making.
func publishedAt(t *lake.Table, times map[string]time.Time) time.Time {
	if at, ok := times[t.Location()]; ok {
		return at
	}
	if s := t.Current(); s != nil {
		return s.Time
	}
	return time.Time{}
}

// rowsOf is how many rows a snapshot has; -1 is unknown.
func rowsOf(s *lake.Snapshot) int64 {
	if s == nil {
		return -1
	}
	return s.Records()
}

// ColumnInfo is a line of `tarn describe`.
type ColumnInfo struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	SQLType string `json:"sql_type"`
	Doc     string `json:"description,omitempty"`
}

// Description is what `tarn describe` shows.
type Description struct {
	TableInfo
	ColumnInfos []ColumnInfo `json:"columns"`
	Partition   []string     `json:"partitioned_by,omitempty"`
	// Properties are the table's in Iceberg, but for its description.
	Properties map[string]string `json:"properties,omitempty"`
	Location   string            `json:"metadata_location"`
	SQL        string            `json:"sql,omitempty"`
}

// Describe tells what a table looks like.
func (a *App) Describe(ctx context.Context, name string) (Description, error) {
	t, err := a.table(ctx, name)
	if err != nil {
		return Description{}, err
	}
	d := Description{Location: t.Location(), SQL: t.ViewSQL()}
	d.TableInfo = TableInfo{Name: t.Name().String(), Kind: kindName(t), Rows: rowsOf(t.Current()), Columns: len(t.Schema().Fields), Snapshots: len(t.Snapshots()), Doc: t.Doc()}
	for _, f := range t.Schema().Fields {
		sql, err := scan.DuckType(f.Type)
		if err != nil {
			return d, err
		}
		d.ColumnInfos = append(d.ColumnInfos, ColumnInfo{f.Name, f.Type.String(), sql, f.Doc})
	}
	d.Properties = t.Properties()
	delete(d.Properties, "comment")
	for _, p := range t.Partition() {
		d.Partition = append(d.Partition, p.Transform+"("+p.Column+")")
	}
	return d, nil
}

// table loads a published table by what a person typed.
func (a *App) table(ctx context.Context, name string) (*lake.Table, error) {
	t, err := ident.ParseTable(name)
	if err != nil {
		return nil, diag.New("bad-name", diag.Place{}, "%v", err)
	}
	view, err := a.pinned(ctx)
	if err != nil {
		return nil, err
	}
	return view.Load(ctx, t)
}

// History lists the states that a table has been in, newest first.
func (a *App) History(ctx context.Context, name string) ([]lake.Snapshot, error) {
	t, err := a.table(ctx, name)
	if err != nil {
		return nil, err
	}
	if t.Kind() == lake.ViewEntry {
		return nil, diag.New("no-history", diag.Place{}, "%s is a view and holds no rows of its own", t.Name()).
			WithHint("tarn describe %s shows its query", t.Name())
	}
	all := t.Snapshots()
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all, nil
}

// Runs lists the newest runs; 0 means all.
func (a *App) Runs(ctx context.Context, limit int) ([]run.Run, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.journal.List(ctx, run.Filter{Limit: limit})
}

// Steps lists the steps of a run.
func (a *App) Steps(ctx context.Context, runID string) ([]run.Step, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := known(ctx, s.journal, runID); err != nil {
		return nil, err
	}
	return s.journal.Steps(ctx, runID)
}

// known reports a run that there is not.
func known(ctx context.Context, j *run.Journal, id string) error {
	_, err := j.Get(ctx, id)
	if errors.Is(err, run.ErrNotFound) {
		return diag.New("unknown-run", diag.Place{}, "there is no run %s", id).WithHint("tarn runs lists them")
	}
	return err
}

// CanCompile opens what compiling takes.
func (a *App) CanCompile(ctx context.Context) error {
	_, _, err := a.compiler(ctx)
	return err
}

// Compile returns the SQL of a model, a test or an analysis.
func (a *App) Compile(ctx context.Context, r *project.Resource) (string, error) {
	t, scope, err := a.compiler(ctx)
	if err != nil {
		return "", err
	}
	sql, err := t.Compile(ctx, r, scope)
	if err == nil {
		a.compiled[r.ID] = sql
	}
	return sql, err
}

// Cleaned is what a clean removed.
type Cleaned struct {
	Folders []string
	Lake    lake.Swept
	// Expired is what tables had let go of.
	Expired lake.Reclaimed
}

// removeAttempts is how often a folder is removed again that a run nearby has
// written into in between.
const removeAttempts = 10

func removeFolder(path string) (err error) {
	for range removeAttempts {
		if err = os.RemoveAll(path); !errors.Is(err, syscall.ENOTEMPTY) {
			return err
		}
	}
	return err
}

// Clean removes the project's clean-targets, what dead runs left in the lake,
// and the files of what has expired long enough ago. Live files of the lake, and
// what a running load writes, stay.
func (a *App) Clean(ctx context.Context) (Cleaned, error) {
	var c Cleaned
	p, _, err := a.Project()
	if err != nil {
		return c, err
	}
	lakeDir := a.config.LakeDir()
	for _, target := range p.CleanTargets {
		path := filepath.Join(a.options.Dir, target)
		if inside, err := filepath.Rel(path, lakeDir); err == nil && filepath.IsLocal(inside) {
			return c, diag.New("unsafe-clean", diag.Place{File: "dbt_project.yml"}, "clean-targets names %s, which holds the lake", target).
				WithHint("take it out: tarn clean never removes the lake's live files")
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := removeFolder(path); err != nil {
			return c, err
		}
		c.Folders = append(c.Folders, target)
	}
	if !a.hasLake() {
		return c, nil
	}
	s, err := a.open(ctx)
	if err != nil {
		return c, err
	}
	if c.Lake, err = s.lake.Sweep(ctx, s.journal.Live); err != nil {
		return c, err
	}
	c.Expired, err = s.lake.Reclaim(ctx, time.Now().Add(-a.config.History.RemoveAfter))
	return c, err
}

// expiry is how much of their past tables keep that say nothing of it.
func (a *App) expiry() lake.Expiry {
	h := a.config.History
	return lake.Expiry{MaxSnapshotAge: h.MaxSnapshotAge, MinSnapshots: h.MinSnapshotsToKeep, MaxRefAge: h.MaxRefAge}
}

// Check is a line of `tarn debug`.
type Check struct {
	Name, Value string
	Err         error
}

// Debug looks at everything that a build needs.
func (a *App) Debug(ctx context.Context) []Check {
	checks := []Check{
		{Name: "tarn", Value: a.options.Version},
		{Name: "go", Value: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH},
		{Name: "duckdb", Value: duckdb.Version()},
		{Name: "project", Value: a.options.Dir},
		{Name: "principal", Value: a.principal.String()},
		{Name: "lake", Value: a.config.LakeDir()},
		{Name: "threads", Value: fmt.Sprint(a.threads())},
		{Name: "memory", Value: memoryText(int64(a.config.Engine.Memory))},
	}
	add := func(name, ok string, err error) { checks = append(checks, Check{name, ok, err}) }
	p, _, err := a.Project()
	if err != nil {
		add("definitions", "", err)
	} else {
		add("definitions", fmt.Sprintf("%d resources", len(p.Resources)), nil)
		if hasPython(p) {
			about, err := a.python().About(ctx)
			add("python", about, err)
		}
	}
	if !a.hasLake() {
		add("catalog", "not made yet: the first tarn build makes it", nil)
		return checks
	}
	tables, err := a.Tables(ctx)
	add("catalog", fmt.Sprintf("%d tables", len(tables)), cmp.Or(err, unreadable(tables)))
	if err != nil {
		return checks
	}
	checks = append(checks, a.stores.servers()...)
	result, err := a.ask(ctx, QueryRequest{SQL: "select 1"})
	if err == nil {
		result.Release()
	}
	add("engine", "answers", err)
	return checks
}

func memoryText(n int64) string {
	if n == 0 {
		return "as the engine decides"
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
