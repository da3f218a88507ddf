package main

import (
	"strings"
	"testing"
)

func TestMemoryThatGrowsIsTold(t *testing.T) {
	seen := func(at func(i int) float64) (h held) {
		for i := range 600 {
			h = append(h, at(i))
		}
		return h
	}
	for name, test := range map[string]struct {
		seen  held
		grows bool
	}{
		"it fills its caches": {seen(func(i int) float64 { return 100 + float64(min(i, 150)) }), false},
		"it goes up and down": {seen(func(i int) float64 { return 200 + float64(i%50) }), false},
		"it leaks":            {seen(func(i int) float64 { return 200 + float64(i)*0.2 + float64(i%50) }), true},
		"too short":           {seen(func(i int) float64 { return 100 + float64(i) })[:judged-1], false},
	} {
		if said, err := test.seen.flat(true); (err != nil) != test.grows || !strings.Contains(said, "MB/s") {
			t.Errorf("%s: %s: %v", name, said, err)
		}
	}
	if _, err := seen(func(i int) float64 { return float64(i) }).flat(false); err != nil {
		t.Errorf("it gets to know its tables: %v", err)
	}
}
