package project

import (
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// condition is what warn_if and error_if can say about a number of failures.
var condition = regexp.MustCompile(`(?i)^\s*(?:(?:=|==|!=|<>|<|<=|>|>=)\s*\d+(?:\.\d+)?|between\s+\d+\s+and\s+\d+)\s*$`)

// test reads the settings that tests have. The failing rows of one that says
// nothing about it are stored where all are.
func (d *decoder) test(t *Test, all bool) {
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
	t.WherePlace = d.layer["where"].place
	t.WarnIf, t.ErrorIf = d.condition("warn_if"), d.condition("error_if")
	t.Limit = d.count("limit")
	store := d.truth("store_failures")
	switch {
	case d.text("store_failures_as") != "":
		t.StoreFailuresAs = d.oneOf("store_failures_as", MaterializedTable, MaterializedView, MaterializedEphemeral)
	case store != nil && *store:
		t.StoreFailuresAs = MaterializedTable
	case store != nil:
		t.StoreFailuresAs = MaterializedEphemeral
	}
	t.StoreFailures = t.StoreFailuresAs != MaterializedEphemeral && (all || t.StoreFailuresAs != "")
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
