package quality

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/project"
)

// question is what a simple test asks of a table: a number that is 0 where
// nothing fails, and, where it is exact, the number of failing rows.
type question struct {
	test  *project.Resource
	from  string // what is read
	sql   string
	exact bool
	// alone is from how many rows on it is asked sooner by itself; 0 is never.
	alone int64
}

// A statement of its own costs as much as comparing so many rows with a list,
// where the engine can group a column of few values first, and as a join beside
// others in one pass takes longer than by itself.
const (
	aloneWithList  = 100_000
	aloneWithTable = 500_000
)

// falsy are conditions that are none to a template where they are no text.
var falsy = map[string]bool{"False": true, "false": true, "0": true, "0.0": true}

// question returns what a test asks, where that is simple: one of dbt's own
// tests of a stored table's column, that counts all rows which fail.
func (j *Judge) question(test *project.Resource) (question, bool) {
	t := test.Test
	if j.Stores != nil || j.Decide != nil { // nobody knows before what they say
		return question{}, false
	}
	if t == nil || t.Namespace != "" || t.FailCalc != "" || t.StoreFailures || falsy[t.Where] || !plain(t.Where, t.WarnIf, t.ErrorIf) {
		return question{}, false
	}
	column, _ := t.Kwargs["column_name"].(string)
	from, stored := j.stored(t.Attached)
	if column == "" || !plain(column) || !stored || !slices.Contains(test.DependsOn, t.Attached) || !j.ours(test.Package, t.Kind) {
		return question{}, false
	}
	q := question{test: test, from: from}
	keep := ""
	if t.Where != "" {
		keep = "(" + t.Where + ") AND "
	}
	switch t.Kind {
	case "not_null":
		q.sql, q.exact = fmt.Sprintf("count(*) FILTER (WHERE %s%s IS NULL)", keep, column), true
	case "unique":
		if t.Where != "" {
			keep = " FILTER (WHERE " + t.Where + ")"
		}
		q.sql = fmt.Sprintf("count(%s)%s - count(DISTINCT %[1]s)%[2]s", column, keep)
	case "accepted_values":
		values, ok := acceptedValues(t)
		if !ok {
			return question{}, false
		}
		q.sql, q.alone = fmt.Sprintf("count(*) FILTER (WHERE %s%s NOT IN (%s))", keep, column, values), aloneWithList
	case "relationships":
		parents, ok := j.parents(test)
		if !ok {
			return question{}, false
		}
		q.sql, q.exact = fmt.Sprintf("count(*) FILTER (WHERE %s%s IS NOT NULL AND %[2]s NOT IN (%s))", keep, column, parents), true
		q.alone = aloneWithTable
	default:
		return question{}, false
	}
	return q, true
}

// stored is how queries name a resource that is a table or a view.
func (j *Judge) stored(id string) (string, bool) {
	r := j.Project.ByID(id)
	if r == nil || r.Kind == project.KindModel && r.Config.Materialized == project.MaterializedEphemeral {
		return "", false
	}
	return j.Relation(r), true
}

// reference is a parent that is a table by itself, and no query over one.
var reference = regexp.MustCompile(`^\s*(ref|source)\([^(){}]*\)\s*$`)

// parents are the values that those of a column must be among.
func (j *Judge) parents(test *project.Resource) (string, bool) {
	t, parent := test.Test, test.Test.Attached
	if len(test.DependsOn) > 2 {
		return "", false
	}
	for _, id := range test.DependsOn {
		if id != t.Attached {
			parent = id
		}
	}
	field, _ := t.Kwargs["field"].(string)
	written, _ := t.Kwargs["to"].(string)
	to, stored := j.stored(parent)
	if field == "" || !plain(field) || !stored || !reference.MatchString(written) {
		return "", false
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %[1]s IS NOT NULL", field, to), true
}

// ours reports whether a generic test is what dbt has, and no macro of the
// project's or a package's takes the place of one that it calls.
func (j *Judge) ours(pkg, kind string) bool {
	l := j.Project.Library()
	m, where := l.Test(pkg, kind), l.Find(pkg, "get_where_subquery")
	if m == nil || m.Package != ownPackage || where == nil || where.Package != ownPackage {
		return false
	}
	if l.Find(pkg, "ref") != nil || l.Find(pkg, "source") != nil {
		return false
	}
	for _, name := range []string{"test_" + kind, "get_where_subquery"} {
		if done, _ := l.Dispatch(name, ownPackage, pkg); done == nil || done.Package != ownPackage {
			return false
		}
	}
	return true
}

// ownPackage is the package of dbt's own macros.
const ownPackage = "dbt"

func acceptedValues(t *project.Test) (string, bool) {
	list, ok := t.Kwargs["values"].([]any)
	quote, given := t.Kwargs["quote"].(bool)
	if !ok || len(list) == 0 {
		return "", false
	}
	values := make([]string, len(list))
	for i, v := range list {
		switch v := v.(type) {
		case string, int64, int:
			values[i] = fmt.Sprint(v)
		default:
			return "", false
		}
		if strings.ContainsAny(values[i], "'{}") {
			return "", false // what a template makes of it is for the macro to say
		}
		if !given || quote {
			values[i] = "'" + values[i] + "'"
		}
	}
	return strings.Join(values, ", "), true
}

// plain reports whether texts mean within a larger statement what they mean by
// themselves: no template, no comment, and each bracket has its other half.
func plain(texts ...string) bool {
	for _, text := range texts {
		if strings.ContainsAny(text, "{};$") || strings.Contains(text, "--") || strings.Contains(text, "/*") || !balanced(text) {
			return false
		}
	}
	return true
}

func balanced(text string) bool {
	depth, quote := 0, rune(0)
	for _, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0 && quote == 0
}
