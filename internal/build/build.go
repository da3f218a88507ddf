// Package build takes the resources of a project through their life: stage the
// new state, test it, publish it or hold it.
//
// It promises that readers never see a state whose tests of error severity
// failed; that what depends on a held resource is held too while the rest goes
// on; and that everything published at once becomes visible in one catalog
// transaction, together with the ledger and the record of what was published.
// It leaves to others how a state is made (ingest, transform), judged
// (quality) and committed (lake), and the order of steps (run).
package build

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/graph"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/transform"
)

//go:embed migrations
var migrations embed.FS

// Publish says when new states become visible.
type Publish string

// The ways to publish.
const (
	// PublishResource: each resource as soon as its own tests passed.
	PublishResource Publish = "resource"
	// PublishRun: all resources of the run in one transaction, or none.
	PublishRun Publish = "run"
	// PublishNever: nothing; the candidates are held to be looked at.
	PublishNever Publish = "never"
)

// Builder builds one project. All fields are needed but Logger.
type Builder struct {
	Project     *project.Project
	Graph       *graph.Graph
	Lake        *lake.Lake
	DB          *metadb.DB
	Ingester    *ingest.Ingester
	Transformer *transform.Transformer
	Judge       *quality.Judge
	System      SystemTables
	Who         policy.Who
	Threads     int
	// Tags returns the tags of what is published, in order, and the key of the
	// project's table that has them; known is that there is one.
	Tags   func(ident.Table) (key string, tags []string, known bool)
	Logger *slog.Logger
}

// Options say what one run does.
type Options struct {
	// IDs are the resources to build, tests included; the order is the graph's.
	IDs         []string
	Publish     Publish
	FullRefresh bool
	// Events narrows the batches of microbatch models; zero times are open.
	Events transform.Batch
	// Sample is when what models and snapshots read happened; nil is all of time.
	Sample *transform.Batch
	// Asked is when the run was asked for, which batches count from; the zero
	// time is when it started.
	Asked time.Time
	// Batches has for models in batches those that are left to make.
	Batches map[string]LeftBatches
	// Operations runs the hooks around the run.
	Operations bool
	// Ended gives the hooks at the end of the run words for how all else ended; nil
	// gives none.
	Ended func(context.Context) (transform.Words, error)
	// Operation is a macro to run as the only step; its ID is the step's.
	Operation *project.Resource
	// Replays and Discards are what becomes of quarantined records, by the ID
	// of their source, which then is not loaded.
	Replays  map[string]*ingest.Replay
	Discards map[string]*ingest.Discard
}

// Details are kept with each step of the journal.
type Details struct {
	Materialized string            `json:"materialized,omitempty"`
	Tests        []quality.Verdict `json:"tests,omitempty"`
	Load         *ingest.Record    `json:"load,omitempty"`
	Notes        []string          `json:"notes,omitempty"`
	// Batches are those of a model that is made in batches.
	Batches []Batch `json:"batches,omitempty"`
	// Resolution tells what left quarantine.
	Resolution *ingest.Resolution `json:"resolution,omitempty"`
	// Candidate is the metadata location of the new state.
	Candidate string `json:"candidate,omitempty"`
	// ReadersSee tells what readers go on to see of a held resource.
	ReadersSee string `json:"readers_see,omitempty"`
	// Problems are what a person can act on of why the step failed.
	Problems []*diag.Problem `json:"problems,omitempty"`
}

// ParseDetails reads the details of a step of the journal.
func ParseDetails(s run.Step) (Details, error) {
	var d Details
	if len(s.Details) == 0 {
		return d, nil
	}
	if err := json.Unmarshal(s.Details, &d); err != nil {
		return d, fmt.Errorf("the details of %s in run %s: %w", s.Resource, s.RunID, err)
	}
	return d, nil
}

// PublishStep is the resource name of the step that publishes a whole run.
const PublishStep = "publish"

// Migrate brings the builder's tables in the catalog database up to date.
func Migrate(ctx context.Context, db *metadb.DB) error {
	return db.MigrateFrom(ctx, "build", migrations, "migrations")
}

// Run does what o says, as steps of active.
func (b *Builder) Run(ctx context.Context, active *run.Active, o Options) (run.Results, error) {
	view, err := b.Lake.Pin(ctx)
	if err != nil {
		return nil, err
	}
	if o.Asked.IsZero() {
		o.Asked = active.Run().Started
	}
	own, judge := *b, *b.Judge
	own.Judge = &judge
	x := &execution{
		Builder: &own, active: active, run: active.ID(), options: o,
		scope: &Scope{View: view, SystemTables: b.System, overlay: map[string]*lake.Table{}},
		there: map[string]bool{},
	}
	judge.StoreFailures = x.storeFailures
	if b.Transformer.OwnStoring() {
		judge.Stores = b.Transformer.Stores
	}
	if b.Transformer.OwnTesting() {
		judge.Decide = x.ask
	}
	plan := x.plan()
	results, err := active.Execute(ctx, plan, b.Threads, x.take)
	if err != nil {
		return results, err
	}
	return results, x.holdRest(context.WithoutCancel(ctx))
}

// execution is one run of a builder.
type execution struct {
	*Builder
	active  *run.Active
	run     string
	options Options
	scope   *Scope
	// tests has the tests that gate each resource, units those of a model's logic,
	// which must pass before it is built.
	tests, units map[string][]*project.Resource
	// also has what else each test reads that this run builds.
	also map[string][]string
	// free are the tests that gate nothing.
	free *quality.Round

	mu      sync.Mutex
	waiting []*made
	there   map[string]bool // the steps whose new state there is
}

// now is when something happened, in the precision of the databases.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
