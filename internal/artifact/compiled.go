package artifact

import (
	pathpkg "path"
	"slices"

	"github.com/tarn-lake/tarn/internal/project"
)

// compiled is what resources that are SQL have.
func (c *converter) compiled(r *project.Resource) Compiled {
	out := Compiled{
		Language: "sql", Refs: refs(r.Refs), Sources: [][]string{}, Metrics: [][]string{}, Functions: [][]string{},
		DependsOn: DependsOn{texts(r.Macros), texts(r.DependsOn)}, ExtraCTEs: []any{},
		Contract: Contract{Enforced: r.Config.Contract.Enforced, AliasTypes: r.Config.Contract.AliasTypes || !r.Config.Contract.Enforced},
	}
	if r.Language != "" {
		out.Language = r.Language
	}
	for _, s := range r.Sources {
		out.Sources = append(out.Sources, []string{s.Source, s.Table})
	}
	if code, ok := c.options.Compiled[r.ID]; ok {
		where := CompiledPath(c.project, r)
		out.Compiled, out.CompiledCode, out.CompiledPath, out.ExtraCTEsInjected = true, &code, &where, true
	}
	return out
}

// CompiledPath is the file that holds the SQL of a resource, relative to the
// project's folder.
func CompiledPath(p *project.Project, r *project.Resource) string {
	original := p.OriginalPath(r)
	where := p.TargetPath + "/compiled/" + r.Package + "/" + original
	switch ending := pathpkg.Ext(original); {
	case r.Kind == project.KindTest && r.Test.Kind != project.Singular:
		return where + "/" + fileName(r)
	case ending != ".sql" && ending != ".py",
		// One file may have several.
		r.Kind == project.KindSnapshot && (pathpkg.Base(original) != r.Name+ending || severalIn(p, r)):
		return where + "/" + r.Name + ".sql"
	}
	return where
}

// severalIn reports whether other snapshots are in the file of one.
func severalIn(p *project.Project, r *project.Resource) bool {
	return slices.ContainsFunc(p.Resources, func(o *project.Resource) bool {
		return o.Kind == project.KindSnapshot && o.Path == r.Path && o.Package == r.Package && o.ID != r.ID
	})
}
