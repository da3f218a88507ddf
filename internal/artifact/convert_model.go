package artifact

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/project"
)

func (c *converter) model(r *project.Resource) ModelNode {
	n := ModelNode{
		Node: c.base(r), Compiled: c.compiled(r), Access: r.Access, Constraints: constraints(r.Constraints), Version: version(r.Version),
		LatestVersion: version(r.LatestVersion), DeprecationDate: orNil(r.DeprecationDate), PrimaryKey: c.primaryKey(r),
		TimeSpine: r.Properties["time_spine"],
	}
	if n.Access == "" {
		n.Access = "protected"
	}
	if n.Compiled.Contract.Enforced {
		sum := contractChecksum(r)
		n.Compiled.Contract.Checksum = &sum
	}
	return n
}

// primaryKey guesses as dbt does which columns tell a model's rows apart: those
// of a constraint, else those that are tested to be unique and not null, else
// those that are tested to be unique.
func (c *converter) primaryKey(r *project.Resource) []string {
	for _, k := range r.Constraints {
		if k.Type == "primary_key" {
			return texts(k.Columns)
		}
	}
	for _, col := range r.Columns {
		if slices.ContainsFunc(col.Constraints, func(k project.Constraint) bool { return k.Type == "primary_key" }) {
			return []string{col.Name}
		}
	}
	unique, both := []string{}, []string{}
	for _, name := range c.tested(r, "unique") {
		unique = append(unique, name)
		if slices.Contains(c.tested(r, "not_null"), name) {
			both = append(both, name)
		}
	}
	if len(both) > 0 {
		return both
	}
	return unique
}

// tested returns the columns of a resource that have a test of a kind.
func (c *converter) tested(r *project.Resource, kind string) []string {
	return c.columnTests()[[2]string{r.ID, kind}]
}

func (c *converter) test(r *project.Resource) TestNode {
	t := r.Test
	n := TestNode{
		Node: c.base(r), Compiled: c.compiled(r), ColumnName: orNil(t.Column), AttachedNode: orNil(t.Attached),
		TestMetadata: TestMetadata{Name: t.Kind, Kwargs: mapping(t.Kwargs), Namespace: orNil(t.Namespace)},
	}
	if on := c.project.ByID(t.Attached); on != nil {
		key := string(on.Kind) + "s." + on.Name
		n.FileKeyName = &key
	}
	return n
}
