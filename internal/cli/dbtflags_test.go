package cli

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// Every flag of every verb of dbt 1.11 is known here: it does what dbt's does,
// is taken for dbt's sake, or says why there is none.
func TestEveryFlagOfDBTIsKnown(t *testing.T) {
	text, err := os.ReadFile("testdata/dbt_flags.txt")
	if err != nil {
		t.Fatal(err)
	}
	c := &command{program: Program{Version: "test", Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}}
	root := c.root()
	var common []string
	for line := range strings.Lines(string(text)) {
		verb, flags, _ := strings.Cut(strings.TrimSpace(line), ":")
		want := strings.Fields(flags)
		if verb == "*" {
			common = want
			continue
		}
		cmd, rest, err := root.Find(strings.Fields(verb))
		if verb == "tarn" {
			cmd, rest, err = root, nil, nil
		}
		if err != nil || len(rest) > 0 {
			t.Errorf("there is no command %s", verb)
			continue
		}
		cmd.InitDefaultHelpFlag()
		cmd.InitDefaultVersionFlag()
		known := map[string]bool{"-V": spread([]string{"-V"})[0] == "--version"}
		for _, set := range []*pflag.FlagSet{cmd.Flags(), cmd.InheritedFlags(), cmd.PersistentFlags()} {
			set.VisitAll(func(f *pflag.Flag) { known["--"+f.Name], known["-"+f.Shorthand] = true, true })
		}
		for _, flag := range slices.Concat(common, want) {
			if !known[flag] {
				t.Errorf("%s has no %s", verb, flag)
			}
		}
	}
}
