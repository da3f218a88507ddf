package app

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/transform"
)

// sampled reads --sample: "3 days" until now, which begins with an hour, day,
// month or year as in dbt, or a mapping with start and end; "" is nil.
func sampled(text string, now time.Time) (*transform.Batch, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	if strings.HasPrefix(text, "{") {
		return sampleRange(text)
	}
	words := strings.Fields(text)
	if len(words) != 2 {
		return nil, badSample(text)
	}
	n, err := strconv.Atoi(words[0])
	of := strings.TrimRight(strings.ToLower(words[1]), "s")
	if err != nil || n < 0 || !slices.Contains(transform.Grains, of) {
		return nil, badSample(text)
	}
	return &transform.Batch{Start: transform.Ago(now, n, of), End: now}, nil
}

func sampleRange(text string) (*transform.Batch, error) {
	given, err := ParseVars(text)
	if err != nil {
		return nil, badSample(text)
	}
	var b transform.Batch
	for name, to := range map[string]*time.Time{"start": &b.Start, "end": &b.End} {
		if *to, err = transform.ParseTime(given[name]); err != nil {
			return nil, badSample(text)
		}
	}
	if len(given) != 2 {
		return nil, badSample(text)
	}
	return &b, nil
}

func badSample(text string) *diag.Problem {
	return diag.New("bad-flag", diag.Place{}, "--sample %q is no range of time", text).
		WithHint("write '3 days' (hours, days, months or years), or \"{'start': '2026-01-01', 'end': '2026-02-01'}\"")
}
