package app

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/pyprocess"
)

// python is where Python models run. Their DuckDB gets what one of ours gets.
func (a *App) python() *pyprocess.Python {
	return &pyprocess.Python{
		Command: a.config.Python.Command, Dir: a.options.Dir, Environ: a.options.Environ(), Scratch: a.scratch(),
		Memory: a.memory(), Threads: a.config.Engine.Threads,
	}
}

// hasPython reports whether a project has models in Python.
func hasPython(p *project.Project) bool {
	return slices.ContainsFunc(p.Resources, func(r *project.Resource) bool { return r.Language == project.LanguagePython })
}
