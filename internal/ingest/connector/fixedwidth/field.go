package fixedwidth

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// field is one field of a line: the characters from start on, up to end.
type field struct {
	name       string
	start, end int
}

const (
	// farthest is the last character that a field may have.
	farthest = 1 << 20
	// mostFields is how many a line has.
	mostFields = 10_000
)

// parseFields reads the option fields and returns them by place.
func parseFields(option connector.Option) ([]field, error) {
	list, ok := option.Value.([]any)
	if !ok || len(list) == 0 || len(list) > mostFields {
		return nil, diag.New("bad-option", option.Place, "option \"fields\": a list of fields is needed").
			WithHint("such as fields: [{name: id, width: 8}, {name: day, width: 10}], or {name: id, start: 1, end: 8}")
	}
	var problems diag.Problems
	var fields []field
	next, seen := 0, map[string]bool{}
	for i, item := range list {
		f, err := parseField(item, next)
		if err == nil && seen[ident.Fold(f.name)] {
			err = fmt.Errorf("the name %q is there twice", f.name)
		}
		if err != nil {
			problems.Errorf("bad-option", option.Place, "option \"fields\": field %d: %v", i+1, err)
			continue
		}
		seen[ident.Fold(f.name)] = true
		fields = append(fields, f)
		next = f.end
	}
	slices.SortStableFunc(fields, func(a, b field) int { return cmp.Compare(a.start, b.start) })
	for i := 1; i < len(fields); i++ {
		if a, b := fields[i-1], fields[i]; b.start < a.end {
			problems.Errorf("bad-option", option.Place, "option \"fields\": %s (characters %d to %d) and %s (%d to %d) overlap", a.name, a.start+1, a.end, b.name, b.start+1, b.end)
		}
	}
	return fields, problems.Err()
}

// parseField reads one field; next is where the field before it ends.
func parseField(item any, next int) (field, error) {
	m, ok := item.(map[string]any)
	if !ok {
		return field{}, fmt.Errorf("%v is not {name: …, width: …}", item)
	}
	for key := range m {
		if !slices.Contains([]string{"name", "width", "start", "end"}, key) {
			return field{}, fmt.Errorf("unknown key %q: there are name, width, start and end", key)
		}
	}
	name, ok := m["name"].(string)
	if !ok || name == "" {
		return field{}, fmt.Errorf("%v lacks a name", item)
	}
	f := field{name: name, start: next}
	if start, ok := m["start"]; ok {
		n, err := position(start)
		if err != nil {
			return f, fmt.Errorf("start of %s: %w", name, err)
		}
		f.start = n - 1
	}
	width, hasWidth := m["width"]
	end, hasEnd := m["end"]
	if hasWidth == hasEnd {
		return f, fmt.Errorf("%s needs a width, or an end", name)
	}
	n, err := position(cmp.Or(width, end))
	if err != nil {
		return f, fmt.Errorf("width or end of %s: %w", name, err)
	}
	f.end = n
	if hasWidth {
		f.end += f.start
	}
	if f.end <= f.start || f.end > farthest {
		return f, fmt.Errorf("%s has the characters %d to %d, which are none or beyond %d", name, f.start+1, f.end, farthest)
	}
	return f, nil
}

// position reads a number from 1 on.
func position(value any) (int, error) {
	var n int
	if _, err := fmt.Sscan(fmt.Sprint(value), &n); err != nil || fmt.Sprint(n) != fmt.Sprint(value) || n < 1 || n > farthest {
		return 0, fmt.Errorf("%v is not a number from 1 to %d", value, farthest)
	}
	return n, nil
}
