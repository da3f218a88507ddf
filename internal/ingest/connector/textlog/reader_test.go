package textlog_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

// held is a record as a test keeps it.
type held struct {
	Line, Lines int64
	Text        string
	Orphan, Bad bool
}

// all reads every record; a record begins with a line that starts with >.
func all(t interface{ Fatal(...any) }, source io.Reader, limits textlog.Limits) (records []held, lines int64) {
	r := textlog.NewReader(source, 1, limits, func(line []byte) bool { return bytes.HasPrefix(line, []byte(">")) })
	defer r.Close()
	for {
		var rec textlog.Record
		err := r.Next(&rec)
		if errors.Is(err, io.EOF) {
			return records, r.Lines()
		}
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, held{rec.Line, rec.Lines, string(rec.Text), rec.Orphan, len(rec.Violations) > 0})
	}
}

func TestLinesJoinTheRecordBefore(t *testing.T) {
	got, lines := all(t, strings.NewReader("stray\n>a\n b\n\n c\n\n>d\r\n e\r\n\n\n>f"), textlog.Limits{Bytes: 100, Lines: 10})
	want := []held{
		{1, 1, "stray", true, true},
		{2, 5, ">a\n b\n\n c", false, false},
		{7, 4, ">d\r\n e", false, false},
		{11, 1, ">f", false, false},
	}
	if diff := cmp.Diff(want, got); diff != "" || lines != 11 {
		t.Errorf("%d lines; %s", lines, diff)
	}
}

func TestRecordsOverALimitGoOnToTheNext(t *testing.T) {
	long := strings.Repeat("x", 50)
	got, lines := all(t, strings.NewReader(">a\n1\n2\n3\n4\n>b\n"+long+"\n more\n>c\n"+long[:8]+"\n"+long[:8]+"\n>d\n"), textlog.Limits{Bytes: 16, Lines: 4})
	want := []held{
		{1, 5, ">a\n1\n2\n3\n4", false, true}, // too many lines
		{6, 1, ">b", false, false},
		{7, 1, long, false, true}, // a line too long, by itself
		{8, 1, " more", true, true},
		{9, 3, ">c\n" + long[:8] + "\n" + long[:8], false, true}, // too many bytes
		{12, 1, ">d", false, false},
	}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Text" }, cmp.Comparer(func(a, b string) bool {
		return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
	}))); diff != "" || lines != 12 {
		t.Errorf("%d lines; %s", lines, diff)
	}
}

// Every physical line is in exactly one record, or blank before one, whatever
// the limits and however the bytes arrive.
func TestEveryLineIsAccountedFor(t *testing.T) {
	line := rapid.SampledFrom([]string{">a", ">", "b", " at c", "", "\r", strings.Repeat("y", 40), ">" + strings.Repeat("z", 30)})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(line, 0, 30).Draw(t, "lines")
		text := strings.Join(lines, "\n")
		limits := textlog.Limits{Bytes: rapid.IntRange(1, 60).Draw(t, "bytes"), Lines: rapid.IntRange(1, 8).Draw(t, "most")}
		records, _ := all(t, strings.NewReader(text), limits)
		slow, _ := all(t, iotest.OneByteReader(strings.NewReader(text)), limits)
		if diff := cmp.Diff(records, slow); diff != "" {
			t.Fatal(diff)
		}
		next := int64(1)
		for _, r := range records {
			for ; next < r.Line; next++ {
				if strings.TrimSuffix(lines[next-1], "\r") != "" {
					t.Fatalf("line %d is in no record: %+v", next, records)
				}
			}
			if r.Line != next {
				t.Fatalf("a record at line %d, where line %d is next", r.Line, next)
			}
			whole := strings.Join(lines[r.Line-1:r.Line-1+r.Lines], "\n")
			if !r.Bad && strings.TrimRight(whole, "\r\n") != strings.TrimRight(r.Text, "\r") {
				t.Fatalf("lines %d to %d became %q", r.Line, r.Line+r.Lines-1, r.Text)
			}
			next += r.Lines
		}
		for ; next <= int64(len(lines)); next++ {
			if strings.TrimSuffix(lines[next-1], "\r") != "" {
				t.Fatalf("line %d is in no record", next)
			}
		}
	})
}
