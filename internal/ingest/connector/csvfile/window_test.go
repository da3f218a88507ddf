package csvfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// walk tells all records of a text: the rows, then the rejects.
func walk(t rapid.TB, source io.Reader, d dialect, maxRecord, width int) []string {
	r := newRecords(source, d, &settings{maxRecord: maxRecord}, width)
	defer r.close()
	var rows, rejects []string
	for {
		c, err := r.next(chunkRows)
		if errors.Is(err, errEnd) {
			return append(append(rows, rejects...), fmt.Sprint(r.line, r.cutAtEnd, r.openAtEnd))
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range c.rows {
			text := fmt.Sprintf("%d:", row.line)
			for column := range width {
				text += fmt.Sprintf(" %q", c.value(i, column))
			}
			rows = append(rows, text)
		}
		for _, reject := range c.rejects {
			rejects = append(rejects, fmt.Sprintf("%d! %q %v", reject.Line, reject.Raw, reject.Violations))
		}
	}
}

// What becomes of a record does not depend on what of the text is in view.
func TestOutcomeDoesNotDependOnTheWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom([]byte("\"\"\",,\n\n\r\\abé\x00")), 0, 200).Draw(t, "text")
		maxRecord := rapid.IntRange(1, 60).Draw(t, "limit")
		d := dialect{delimiter: ',', quote: '"', eol: '\n', backslash: rapid.Bool().Draw(t, "backslash"), encoding: "utf-8"}
		if rapid.Bool().Draw(t, "old line ends") {
			d.eol = '\r'
		}
		want := walk(t, bytes.NewReader(text), d, maxRecord, 2)
		got := walk(t, iotest.OneByteReader(bytes.NewReader(text)), d, maxRecord, 2)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Reading stays linear where every record looks like one that never ends:
// otherwise a hundred thousand lines would be scanned for each of them.
func TestBrokenQuotesTakeLinearTime(t *testing.T) {
	for name, line := range map[string]string{
		"a quote opens and closes on every line": "b\",\"c\n",
		"every line opens one":                   "a,\"b\n",
		"doubled quotes":                         "\"\"\"\n",
	} {
		text := append([]byte("x,\"y\n"), bytes.Repeat([]byte(line), (1<<20)/len(line))...)
		d := dialect{delimiter: ',', quote: '"', eol: '\n', encoding: "utf-8"}
		r := newRecords(bytes.NewReader(text), d, &settings{maxRecord: defaultMaxRecord}, 2)
		records := 0
		for {
			c, err := r.next(chunkRows)
			if err != nil {
				break
			}
			records += len(c.rows) + len(c.rejects)
		}
		r.close()
		if lines := bytes.Count(text, []byte("\n")); records == 0 || records > lines {
			t.Errorf("%s: %d records of %d lines", name, records, lines)
		}
	}
}
