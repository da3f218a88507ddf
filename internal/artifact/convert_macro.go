package artifact

// macros are all that the project's texts can call, dbt's own included.
func (c *converter) macros() map[string]MacroNode {
	out := map[string]MacroNode{}
	library := c.project.Library()
	if library == nil {
		return out
	}
	for _, m := range library.All() {
		out[m.ID] = MacroNode{
			Name: m.Name, ResourceType: "macro", PackageName: m.Package, Path: c.inner(m.File), OriginalFilePath: c.inner(m.File), UniqueID: m.ID,
			MacroSQL: m.SQL, DependsOn: MacroIDs{texts(library.DependsOn(m))}, Meta: map[string]any{}, Docs: Docs{Show: true},
			Config:    map[string]any{"meta": map[string]any{}, "docs": map[string]any{"show": true, "node_color": nil}},
			Arguments: []MacroArgument{}, CreatedAt: c.created(), SupportedLanguages: m.Languages,
		}
	}
	for _, m := range c.project.Macros {
		n := out[m.ID]
		n.Description, n.Meta = m.Description, mapping(m.Meta)
		n.Config["meta"] = n.Meta
		if m.PatchPath != "" {
			patch := m.Package + "://" + c.inner(m.PatchPath)
			n.PatchPath = &patch
		}
		for _, a := range m.Documented {
			n.Arguments = append(n.Arguments, MacroArgument{a.Name, orNil(a.Type), a.Description})
		}
		out[m.ID] = n
	}
	return out
}
