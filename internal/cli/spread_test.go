package cli

import (
	"strings"
	"testing"
)

func TestFlagsOfSeveralWordsTakeAllUpToTheNextFlag(t *testing.T) {
	for given, want := range map[string]string{
		"run --select a b+ -x":                 "run --select a --select b+ -x",
		"run -s a b c --exclude d e":           "run -s a -s b -s c --exclude d --exclude e",
		"run --select=a b":                     "run --select=a b",
		"query -f x y":                         "query -f x y",
		"run --select a -- b c":                "run --select a -- b c",
		"ls --output-keys name alias --output": "ls --output-keys name --output-keys alias --output",
		"run --select --exclude a":             "run --select --exclude a",
	} {
		if got := strings.Join(spread(strings.Fields(given)), " "); got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", given, got, want)
		}
	}
}
