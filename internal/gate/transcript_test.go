//go:build duckdb_arrow

package gate

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// The transcripts in testdata: "plan" shows what a statement becomes, "query"
// what it returns, both the problem where it is refused.
func TestTranscripts(t *testing.T) {
	s := newShop(t)
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Ext(path) != "" { // another test's
			return
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "plan":
				out, err := s.summary(t, d.Input)
				return lines(strings.Split(out, "\n"), err)
			case "query":
				return lines(s.query(t, d.Input))
			default:
				d.Fatalf(t, "unknown command %s", d.Cmd)
				return ""
			}
		})
	})
}

// clock finds the times of snapshots in messages.
var clock = regexp.MustCompile(`20[2-9]\d-\d\d-\d\dT[0-9:]+Z`)

func lines(rows []string, err error) string {
	if err != nil {
		return clock.ReplaceAllString(err.Error(), "<time>") + "\n"
	}
	if len(rows) == 0 {
		return "(no rows)\n"
	}
	return strings.Join(rows, "\n") + "\n"
}
