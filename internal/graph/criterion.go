package graph

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// criterion is one selector: [@][n+][method[.argument]:]value[+n].
type criterion struct {
	text            string
	method          string
	argument        string // of config.materialized: materialized
	value           string
	like            pattern
	parentDepth     int // 0 is none
	childDepth      int
	buildable       bool // @: descendants, and all they need
	matchesResource matcher
	indirect        Indirect
}

var criterionSyntax = regexp.MustCompile(`^(@)?(?:(\d*)(\+))?(?:([\w.]+):)?(.*?)(?:(\+)(\d*))?$`)

// parseCriterion reads one selector.
func parseCriterion(text string) (criterion, error) {
	m := criterionSyntax.FindStringSubmatch(text)
	if m == nil || m[5] == "" {
		return criterion{}, diag.New("bad-selector", diag.Place{}, "`%s` is not a selector", text).
			WithHint("write a name, a folder, or a method such as tag:daily, with + for parents before and for children after it")
	}
	c := criterion{text: text, buildable: m[1] != "", value: m[5]}
	c.parentDepth = depth(m[3], m[2])
	c.childDepth = depth(m[6], m[7])
	if c.buildable && c.childDepth != 0 {
		return c, diag.New("bad-selector", diag.Place{}, "`%s` has both @ and a + at its end", text).
			WithHint("@ selects the children already: leave out the +")
	}
	c.method, c.argument, _ = strings.Cut(m[4], ".")
	if c.method == "" {
		c.method = defaultMethod(c.value)
	}
	c.like = newPattern(c.value)
	var ok bool
	if c.matchesResource, ok = methods[c.method]; !ok {
		return c, unknownMethod(c)
	}
	if allowed := methodValues[c.method]; allowed != nil && !slices.Contains(allowed, c.value) {
		return c, unknownValue(c, allowed)
	}
	if c.method == "config" && c.argument == "" {
		return c, diag.New("bad-selector", diag.Place{}, "`%s` does not say which setting", text).WithHint("write config.materialized:%s", c.value)
	}
	return c, nil
}

// depth reads the number beside a plus; a plus alone goes all the way.
func depth(plus, number string) int {
	if plus == "" {
		return 0
	}
	if n, err := strconv.Atoi(number); err == nil {
		return n
	}
	return unlimited
}

// defaultMethod is dbt's guess at what a value without a method means.
func defaultMethod(value string) string {
	lower := strings.ToLower(value)
	switch {
	case strings.Contains(value, "/"):
		return "path"
	case strings.HasSuffix(lower, ".sql"), strings.HasSuffix(lower, ".csv"), strings.HasSuffix(lower, ".py"):
		return "file"
	default:
		return "fqn"
	}
}

// methodValues are what the methods with fixed words take.
var methodValues = map[string][]string{
	"test_type":     {"data", "generic", "schema", "singular", "unit"},
	"access":        {"private", "protected", "public"},
	"version":       {"latest", "none", "old", "prerelease"},
	"state":         StateValues,
	"result":        resultValues,
	"source_status": {"fresher"},
	"resource_type": {
		"all", "analysis", "data_test", "exposure", "metric", "model", "saved_query", "seed", "semantic_model", "snapshot", "source",
		"test", "unit_test",
	},
}

func unknownValue(c criterion, allowed []string) *diag.Problem {
	p := diag.New("bad-selector", diag.Place{}, "`%s`: `%s` is no value of `%s:`", c.text, c.value, c.method)
	if near := ident.Near(c.value, allowed); len(near) > 0 {
		return p.WithHint("did you mean `%s:%s`?", c.method, near[0])
	}
	return p.WithHint("there are %s", strings.Join(allowed, ", "))
}

func unknownMethod(c criterion) *diag.Problem {
	p := diag.New("bad-selector", diag.Place{}, "`%s`: unknown selector method `%s:`", c.text, c.method)
	if near := ident.Near(c.method, methodNames()); len(near) > 0 {
		return p.WithHint("did you mean `%s:`?", near[0])
	}
	return p.WithHint("there are %s", strings.Join(methodNames(), ", "))
}
