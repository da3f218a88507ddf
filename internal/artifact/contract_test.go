package artifact

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/project"
)

// The checksums are those that dbt 1.11 writes for the same contracts.
func TestContractsHaveTheChecksumsOfDBT(t *testing.T) {
	plain := func(kind, name, expression string) project.Constraint {
		return project.Constraint{Type: kind, Name: name, Expression: expression, WarnUnenforced: true, WarnUnsupported: true}
	}
	on := func(c project.Constraint, columns ...string) project.Constraint {
		c.Columns = columns
		return c
	}
	toOK := plain(project.ConstraintForeignKey, "", "")
	toOK.To, toOK.ToColumns = "ref('ok')", []string{"id"}
	for _, c := range []struct {
		name, materialized, want string
		columns                  []project.Column
		constraints              []project.Constraint
	}{
		{"a constraint of the model", "table", "f393ad22d0aa25afdde0b6ccf077954b783c29b8d38e0a24b125bd76976ab66c",
			[]project.Column{{Name: "id", DataType: "int"}, {Name: "name", DataType: "text"}},
			[]project.Constraint{on(plain(project.ConstraintUnique, "foo", ""), "id", "name")}},
		{"a view", "view", "828030b23ae4796e3c518dc048e7709811e83325f6a52ffcd48f923d70f9c4c9",
			[]project.Column{{Name: "name", DataType: "text", Constraints: []project.Constraint{plain(project.ConstraintNotNull, "", "")}}, {Name: "id", DataType: "int"}}, nil},
		{"an incremental model", "incremental", "c412bcf0681a69851b1ec655c7acdc5b12709bee520e9252cf766ef6cd0044af",
			[]project.Column{{Name: "id", DataType: "int", Constraints: []project.Constraint{plain(project.ConstraintCustom, "", "default 3")}}}, nil},
		{"a foreign key", "table", "19d46a77ed8b6d28347f9eec4cc6cc0578c50eb7c2652eba3956f1944797ae9e",
			[]project.Column{{Name: "id", DataType: "int", Constraints: []project.Constraint{toOK}}, {Name: "name", DataType: "text"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &project.Resource{Columns: c.columns, Constraints: c.constraints, Config: project.Config{Materialized: c.materialized}}
			if have := contractChecksum(r); have != c.want {
				t.Errorf("have %s, dbt has %s", have, c.want)
			}
		})
	}
}
