package quality

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
)

// SQL returns the query whose rows are what fails the test. Generic tests are
// spelled as dbt spells them.
func SQL(ctx context.Context, p *project.Project, test *project.Resource, resolve project.Resolve) (string, error) {
	t := test.Test
	if t.Kind == project.Singular {
		return p.Compile(ctx, test, resolve)
	}
	if len(t.On) == 0 {
		return "", fmt.Errorf("the test %s is about nothing", test.Name)
	}
	relation, err := tested(ctx, p, t, t.On[0], resolve)
	if err != nil {
		return "", err
	}
	column := t.Column
	if !t.Expression {
		column = ident.Quote(column)
	}
	switch t.Kind {
	case "not_null":
		return fmt.Sprintf("select * from %s where %s is null", relation, column), nil
	case "unique":
		return fmt.Sprintf("select %[2]s as unique_field, count(*) as n_records from %[1]s where %[2]s is not null group by %[2]s having count(*) > 1", relation, column), nil
	case "accepted_values":
		return acceptedValues(t, relation, column, test.Place)
	case "relationships":
		return relationships(ctx, p, t, relation, column, resolve)
	default:
		return "", diag.New("unknown-test", test.Place, "the test %q is not there yet", t.Kind).
			WithHint("known are unique, not_null, accepted_values, relationships and SQL files in tests/")
	}
}

// tested is the relation that a generic test reads, narrowed by its where.
func tested(ctx context.Context, p *project.Project, t *project.Test, id string, resolve project.Resolve) (string, error) {
	r := p.ByID(id)
	if r == nil {
		return "", fmt.Errorf("%s is not in the project", id)
	}
	tested, err := resolve(ctx, r)
	if err != nil {
		return "", err
	}
	relation := tested.String()
	if t.Where != "" {
		relation = fmt.Sprintf("(select * from %s where %s) as tested", relation, t.Where)
	}
	return relation, nil
}

func acceptedValues(t *project.Test, relation, column string, at diag.Place) (string, error) {
	list, ok := t.Args["values"].([]any)
	if !ok || len(list) == 0 {
		return "", diag.New("bad-test", at, "accepted_values needs a list of values")
	}
	quote := true
	if q, ok := t.Args["quote"].(bool); ok {
		quote = q
	}
	values := make([]string, len(list))
	for i, v := range list {
		values[i] = fmt.Sprint(v)
		if quote {
			values[i] = ident.Literal(values[i])
		}
	}
	return fmt.Sprintf("select %[2]s as value_field, count(*) as n_records from %[1]s where %[2]s not in (%[3]s) group by %[2]s",
		relation, column, strings.Join(values, ", ")), nil
}

func relationships(ctx context.Context, p *project.Project, t *project.Test, relation, column string, resolve project.Resolve) (string, error) {
	parent := p.ByID(t.To)
	if parent == nil {
		return "", fmt.Errorf("the test %s: %q is not in the project", t.Kind, t.To)
	}
	to, err := resolve(ctx, parent)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`select child.from_field from (select %s as from_field from %s) as child left join (select %s as to_field from %s) as parent on child.from_field = parent.to_field where child.from_field is not null and parent.to_field is null`,
		column, relation, ident.Quote(t.Field), to), nil
}
