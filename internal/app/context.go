package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// context adds to the context of all texts what the command knows: who runs it
// with which flags, the graph, and where what they print goes.
func (a *App) context(p *project.Project) func(*template.Context) {
	describer := a.describer(p)
	graph := sync.OnceValue(func() any {
		made, err := describer.Graph()
		if err != nil {
			a.options.Warn(diag.New("graph", diag.Place{}, "the word graph is empty: %v", err))
		}
		return made
	})
	return func(c *template.Context) {
		c.RunStartedAt, c.InvocationID, c.Command = a.started, a.id, a.options.Command
		c.Flags = maps.Clone(a.options.Flags)
		c.Selected = a.selected
		c.Log = a.options.Print
		c.Debug = func(message string) { a.options.Logger.Debug(message) }
		c.Warn = a.warned
		c.Graph = graph
	}
}

// warned is told of a warning of a text; what is to be an error is one.
func (a *App) warned(p *diag.Problem) error {
	switch a.options.Warnings.Of(p.Code) {
	case diag.Promote:
		p.Severity = diag.Error
		return p
	case diag.Warn:
		a.options.Warn(p)
	case diag.Silence:
	}
	return nil
}

// describer describes the resources of the project, which is loaded.
func (a *App) describer(p *project.Project) *artifact.Describer {
	if a.described != p {
		a.described, a.words = p, artifact.NewDescriber(p, artifact.Options{Invocation: a.invocation(), Dir: a.options.Dir})
	}
	return a.words
}

// ProjectFlags are the settings for the command line that `flags:` of the
// dbt_project.yml in dir holds, as text; none where there is no such file. What
// is wrong with the file is told where the project is loaded.
func ProjectFlags(dir string) map[string]string {
	text, err := os.ReadFile(filepath.Join(dir, project.File)) //nolint:gosec // the project that the person names
	if err != nil {
		return nil
	}
	r := yamldoc.Reader{Problems: &diag.Problems{}}
	flags := r.Parse(project.File, text).Get("flags")
	if flags == nil || flags.Kind != yamldoc.Mapping {
		return nil
	}
	out := map[string]string{}
	for _, f := range flags.Fields() {
		switch v := f.Value.Value().(type) {
		case string, bool, int64, int, float64:
			out[f.Key] = fmt.Sprint(v)
		case map[string]any: // warn_error_options; JSON is YAML
			if text, err := json.Marshal(v); err == nil {
				out[f.Key] = string(text)
			}
		}
	}
	return out
}
