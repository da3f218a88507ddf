package app

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/transform"
)

// invocation is the command as artifacts name it.
func (a *App) invocation() artifact.Invocation {
	return artifact.Invocation{ID: a.id, Started: a.started, Generated: time.Now(), Env: a.customEnv()}
}

// customEnv are the variables that dbt puts into its artifacts.
func (a *App) customEnv() map[string]string {
	const prefix = "DBT_ENV_CUSTOM_ENV_"
	out := map[string]string{}
	for _, line := range a.options.Environ() {
		if name, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(name, prefix) {
			out[strings.TrimPrefix(name, prefix)] = value
		}
	}
	return out
}

// Target is the folder of generated files.
func (a *App) Target() (string, error) {
	p, _, err := a.Project()
	if err != nil {
		return "", err
	}
	return filepath.Join(a.options.Dir, filepath.FromSlash(p.TargetPath)), nil
}

// Manifest describes the project as dbt's manifest.json does.
func (a *App) Manifest() (*artifact.Manifest, error) {
	p, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	return artifact.NewManifest(p, artifact.Options{Invocation: a.invocation(), Dir: a.options.Dir, Compiled: a.compiled}), nil
}

// WriteManifest writes manifest.json into the target folder.
func (a *App) WriteManifest() error {
	if a.options.NoArtifacts {
		return nil
	}
	m, err := a.Manifest()
	if err != nil {
		return err
	}
	dir, err := a.Target()
	if err != nil {
		return err
	}
	return artifact.Write(dir, artifact.ManifestFile, m)
}

// WriteCompiled writes the SQL of what was compiled below the target folder,
// where dbt has it, and returns how many files that is.
func (a *App) WriteCompiled() (int, error) {
	p, _, err := a.Project()
	if err != nil {
		return 0, err
	}
	written := 0
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for id, sql := range a.compiled {
		id, batch, _ := strings.Cut(id, transform.CompiledBatch)
		r := p.ByID(id)
		if r == nil {
			continue
		}
		file := filepath.Join(a.options.Dir, filepath.FromSlash(artifact.CompiledPath(p, r)))
		if batch != "" {
			whole := strings.TrimSuffix(file, ".sql")
			file = filepath.Join(whole, filepath.Base(whole)+"_"+batch+".sql")
		}
		group.Go(func() error { return artifact.WriteFile(file, []byte(sql+"\n")) })
		written++
	}
	return written, group.Wait()
}

// writeResults writes manifest.json and run_results.json of a run that ended.
func (a *App) writeResults(r BuildRequest, ids []string, s Summary) error {
	if a.options.NoArtifacts {
		return nil
	}
	results, err := a.results(ids, s.Steps)
	if err != nil {
		return err
	}
	for _, r := range results {
		if t := a.project.ByID(r.UniqueID); t != nil && t.Test != nil && r.CompiledCode != nil {
			a.compiled[t.ID] = *r.CompiledCode
		}
	}
	if _, err := a.WriteCompiled(); err != nil {
		return err
	}
	if err := a.WriteManifest(); err != nil {
		return err
	}
	dir, err := a.Target()
	if err != nil {
		return err
	}
	return artifact.Write(dir, artifact.RunResultsFile, artifact.NewRunResults(a.invocation(), results, s.Run.Duration(), a.arguments(r)))
}

// arguments are the flags of the command, in dbt's words.
func (a *App) arguments(r BuildRequest) map[string]any {
	vars := a.options.Vars
	if vars == nil {
		vars = map[string]any{}
	}
	return map[string]any{
		"which": r.Command, "select": list(r.Select), "exclude": list(r.Exclude), "indirect_selection": r.Indirect, "full_refresh": r.FullRefresh,
		"resource_types": list(r.Types), "exclude_resource_types": list(r.ExcludeTypes), "vars": vars, "project_dir": a.options.Dir,
		"target": a.config.Target, "threads": a.threads(), "publish": r.Publish, "invocation_command": "tarn " + r.Command,
	}
}

func list(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

// results tells of each resource of a run how it ended; ids are all that the
// run was about.
func (a *App) results(ids []string, steps []run.Step) ([]artifact.Result, error) {
	var out []artifact.Result
	told := map[string]bool{}
	tell := func(r artifact.Result) {
		if !told[r.UniqueID] {
			told[r.UniqueID] = true
			out = append(out, r)
		}
	}
	for _, s := range steps {
		r := a.stepResource(s.Resource)
		if r == nil {
			continue // the publication of a whole run
		}
		d, err := build.ParseDetails(s)
		if err != nil {
			return nil, err
		}
		if r.Kind != project.KindTest && r.Kind != project.KindUnitTest {
			tell(a.stepResult(s, r, d))
		}
		for _, v := range d.Tests {
			tell(a.testResult(s, v))
		}
	}
	for _, id := range ids {
		// What is no step is no result: ephemeral models, and sources that others load.
		if r := a.project.ByID(id); r != nil && !told[id] && r.Config.Materialized != project.MaterializedEphemeral && r.Kind != project.KindSource {
			tell(artifact.Result{UniqueID: id, Status: artifact.StatusSkipped, ThreadID: thread})
		}
	}
	for _, id := range a.idle {
		tell(artifact.Result{UniqueID: id, Status: artifact.StatusNoOp, ThreadID: thread})
	}
	return out, nil
}

// stepResource is what a step was about: a resource, a hook around the run, or
// the macro of run-operation.
func (a *App) stepResource(id string) *project.Resource {
	for _, hook := range slices.Concat(a.project.OnRunStart, a.project.OnRunEnd) {
		if hook.ID == id {
			return hook
		}
	}
	if strings.HasPrefix(id, "macro.") {
		return &project.Resource{ID: id, Kind: project.KindOperation}
	}
	return a.project.ByID(id)
}

// thread is what is said of who did a step: Tarn has no threads with names.
const thread = "tarn"

// stepResult is how a resource ended. One that its own tests held was built: it
// is the tests that failed. One that its unit tests failed was not built.
func (a *App) stepResult(s run.Step, r *project.Resource, d build.Details) artifact.Result {
	out := artifact.Result{UniqueID: r.ID, ThreadID: thread, ExecutionTime: s.Duration().Seconds(), Timing: timing(s.Started, s.Finished)}
	switch s.State {
	case run.Success, run.Held:
		out.Status = artifact.StatusSuccess
		out.AdapterResponse = map[string]any{"_message": "OK", "rows_affected": s.Rows, "bytes": s.Bytes, "outcome": string(s.Outcome)}
	case run.Skipped, run.Pending, run.Cancelled:
		out.Status = artifact.StatusSkipped
	default:
		out.Status = artifact.StatusError
		if slices.ContainsFunc(d.Tests, func(v quality.Verdict) bool { return strings.HasPrefix(v.Test, "unit_test.") && v.Holds() }) {
			out.Status = artifact.StatusSkipped
		}
	}
	if out.BatchResults = batchResults(d.Batches); out.BatchResults.Partial() {
		out.Status = artifact.StatusPartial
	}
	message := s.Message
	if message == "" && out.Status == artifact.StatusSuccess {
		message = fmt.Sprintf("OK %d", s.Rows)
	}
	if message != "" {
		out.Message = &message
	}
	if code, ok := a.compiled[r.ID]; ok {
		yes := true
		out.Compiled, out.CompiledCode = &yes, &code
		out.RelationName = artifact.RelationName(a.project, r)
	}
	return out
}

// batchResults are the batches of a model, those of an earlier run last; nil
// where it is not made in batches.
func batchResults(batches []build.Batch) *artifact.BatchResults {
	if len(batches) == 0 {
		return nil
	}
	out := &artifact.BatchResults{Successful: [][2]string{}, Failed: [][2]string{}}
	var earlier [][2]string
	for _, b := range batches {
		during := [2]string{b.Start.UTC().Format(batchTime), b.End.UTC().Format(batchTime)}
		switch {
		case b.Earlier:
			earlier = append(earlier, during)
		case b.State == run.Success:
			out.Successful = append(out.Successful, during)
		default:
			out.Failed = append(out.Failed, during)
		}
	}
	out.Successful = append(out.Successful, earlier...)
	return out
}

// batchTime is how dbt writes the ends of batches.
const batchTime = "2006-01-02T15:04:05+00:00"

func (a *App) testResult(s run.Step, v quality.Verdict) artifact.Result {
	yes := true
	out := artifact.Result{
		UniqueID: v.Test, ThreadID: thread, ExecutionTime: v.Took.Seconds(), Timing: timing(s.Finished.Add(-v.Took), s.Finished),
		Compiled: &yes, CompiledCode: &v.SQL, Failures: &v.Failures, AdapterResponse: map[string]any{"_message": "OK"},
	}
	out.Status = map[quality.State]string{
		quality.Pass: artifact.StatusPass, quality.Warn: artifact.StatusWarn, quality.Fail: artifact.StatusFail, quality.Error: artifact.StatusError,
	}[v.State]
	none := int64(0)
	switch v.State {
	case quality.Error:
		out.Failures = nil
	case quality.Pass:
		out.Failures = &none // also where warn_if lets some pass, as in dbt
	}
	if t := a.project.ByID(v.Test); t != nil {
		out.RelationName = artifact.RelationName(a.project, t)
	}
	if message := a.verdictMessage(v); message != "" {
		out.Message = &message
	}
	return out
}

// verdictMessage tells of failures in dbt's words, which other tools read.
func (a *App) verdictMessage(v quality.Verdict) string {
	r := a.project.ByID(v.Test)
	if r == nil || r.Test == nil || v.State != quality.Warn && v.State != quality.Fail {
		return v.Message
	}
	verb, condition := "fail", r.Test.ErrorIf
	if v.State == quality.Warn {
		verb = "warn"
	}
	if v.State == quality.Warn || v.Promoted {
		condition = r.Test.WarnIf
	}
	if condition == "" {
		condition = "!= 0"
	}
	results := "results"
	if v.Failures == 1 {
		results = "result"
	}
	return fmt.Sprintf("Got %d %s, configured to %s if %s", v.Failures, results, verb, condition)
}

func timing(from, to time.Time) []artifact.Timing {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	return []artifact.Timing{{Name: "execute", StartedAt: artifact.Time(from), CompletedAt: artifact.Time(to)}}
}
