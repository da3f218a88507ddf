package pymodule

import (
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// FuzzPatterns looks for patterns and texts that panic or do not end.
func FuzzPatterns(f *testing.F) {
	f.Add(`(?P<a>\d+)-(?P=a)`, "12-12")
	f.Add(`(a+)+$`, "aaaaaaaaaaaaaaaaaaaaaaaab")
	f.Add(`[^]a-]{,3}|(?i:x)`, "]]x")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := patternOf(pattern, 0)
		if err != nil {
			return
		}
		end := -1
		_ = p.each([]rune(text), func(m *match) (bool, error) {
			if m.spans[0][1] < end {
				t.Errorf("%q goes back in %q", pattern, text)
			}
			end = m.spans[0][1]
			return true, nil
		})
	})
}

// FuzzTimes looks for formats and texts that panic.
func FuzzTimes(f *testing.F) {
	f.Add("2024-02-29 13:05", "%Y-%m-%d %H:%M")
	f.Add("2020-W53-7", "%G-W%V-%u")
	f.Add("2024-02-29T13:05:09.5+02:00", "%-d%_H%^a%")
	f.Fuzz(func(t *testing.T, text, format string) {
		if d, err := strptime(text, format); err == nil {
			again, err := parseISODateTime(d.Str())
			if err != nil || !again.Equal(d) {
				t.Errorf("%s comes back as %v, %v", d.Repr(), again, err)
			}
		}
		if d, err := parseISODateTime(text); err == nil {
			again, err := parseISODateTime(d.Str())
			if err != nil || !again.Equal(d) || python.TypeName(again) != "datetime.datetime" {
				t.Errorf("%s comes back as %v, %v", d.Repr(), again, err)
			}
		}
		strftime(DateTime{wall: NewInstant(time.Unix(0, 0)).wall}, format)
	})
}
