package app

import (
	"context"
	"time"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/template"
)

// ended gives the hooks at the end of a run what they have besides all others:
// how everything ended that the run was about.
func (a *App) ended(active *run.Active, ids []string) func(context.Context) (func(*template.Context), error) {
	return func(ctx context.Context) (func(*template.Context), error) {
		steps, err := a.stores.journal.Steps(ctx, active.ID())
		if err != nil {
			return nil, err
		}
		results, err := a.results(ids, steps)
		if err != nil {
			return nil, err
		}
		list := []template.Ended{}
		for _, result := range results {
			if r := a.project.ByID(result.UniqueID); r != nil && r.Kind != project.KindOperation {
				list = append(list, a.endedOf(r, result))
			}
		}
		return func(c *template.Context) { c.Ended = list }, nil
	}
}

func (a *App) endedOf(r *project.Resource, result artifact.Result) template.Ended {
	e := template.Ended{
		Status: result.Status, Thread: result.ThreadID, Message: result.Message, Failures: result.Failures,
		Took: result.ExecutionTime, Response: result.AdapterResponse,
		Node: func() any {
			// As in the word model: without a form in JSON it is empty.
			node, _ := a.describer(a.project).Model(r)
			return node
		},
	}
	for _, t := range result.Timing {
		e.Timing = append(e.Timing, template.Timing{Name: t.Name, From: time.Time(t.StartedAt), To: time.Time(t.CompletedAt)})
	}
	if artifact.Stored(r) && r.Kind != project.KindSource {
		e.Schema = r.Relation.Namespace
	}
	return e
}
