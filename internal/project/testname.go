package project

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var notInName = regexp.MustCompile(`[^0-9a-zA-Z_]+`)

// testName returns the name that dbt gives a generic test: its kind, what it is
// on, and its arguments in order of their names.
func testName(kind, target string, args map[string]any) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(args)) {
		for _, part := range nameParts(args[key]) {
			parts = append(parts, notInName.ReplaceAllString(part, "_"))
		}
	}
	return kind + "_" + target + "_" + strings.Join(parts, "__")
}

// nameParts prints an argument as Python's str does.
func nameParts(v any) []string {
	switch v := v.(type) {
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, pythonText(item))
		}
		return out
	case map[string]any:
		var out []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, pythonText(v[key]))
		}
		return out
	default:
		return []string{pythonText(v)}
	}
}

func pythonText(v any) string {
	if v == nil {
		return "None"
	}
	return plainText(v)
}

// pythonFloat prints a float as Python does: 1.0, not 1.
func pythonFloat(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !math.IsInf(f, 0) && !math.IsNaN(f) && !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}
