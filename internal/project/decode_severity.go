package project

import (
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// condition is what warn_if and error_if can say about a number of failures.
var condition = regexp.MustCompile(`(?i)^\s*(?:(?:=|==|!=|<>|<|<=|>|>=)\s*\d+(?:\.\d+)?|between\s+\d+\s+and\s+\d+)\s*$`)

// test reads the settings that tests have.
func (d *decoder) test(t *Test) {
	t.Severity = strings.ToLower(d.text("severity"))
	switch t.Severity {
	case "":
		t.Severity = SeverityError
	case SeverityError, SeverityWarn:
	default:
		d.problems.Errorf("bad-value", d.layer["severity"].place, "`severity` cannot be `%s`", t.Severity).
			Hint = yamldoc.KeyHint(t.Severity, []string{SeverityError, SeverityWarn})
	}
	t.Where, t.FailCalc = d.text("where"), d.text("fail_calc")
	t.WarnIf, t.ErrorIf = d.condition("warn_if"), d.condition("error_if")
	t.Limit = d.count("limit")
	store := d.truth("store_failures")
	if d.text("store_failures_as") != "" {
		t.StoreFailuresAs = d.oneOf("store_failures_as", "table", "view", "ephemeral")
		t.StoreFailures = t.StoreFailuresAs != "ephemeral"
	} else if store != nil {
		t.StoreFailures = *store
		t.StoreFailuresAs = map[bool]string{true: "table", false: "ephemeral"}[*store]
	}
}

func (d *decoder) condition(key string) string {
	text := d.text(key)
	if text != "" && !condition.MatchString(text) {
		d.problems.Errorf("bad-value", d.layer[key].place, "`%s` is not a condition on the number of failures: `%s`", key, text).
			WithHint("write one like \">10\", \"!= 0\" or \"between 1 and 5\"")
	}
	return text
}

// count reads a whole number that is not negative.
func (d *decoder) count(key string) int {
	switch v := d.layer[key].value.(type) {
	case nil:
		return 0
	case int64:
		if v >= 0 {
			return int(v)
		}
	case int:
		if v >= 0 {
			return v
		}
	}
	d.wrong(key, "a whole number")
	return 0
}
