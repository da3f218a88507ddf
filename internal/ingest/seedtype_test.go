package ingest

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/iotest"
)

func TestSeedColumnsHaveTheTypesThatDBTFindsOut(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   string
	}{
		{[]string{"1", "2", "-3"}, "int"},
		{[]string{"007", "1.0"}, "int"},
		{[]string{"1e3", "null"}, "int"},
		{[]string{"", ""}, "int"},
		{[]string{"2147483648", "1"}, "long"},
		{[]string{"1", "2.5"}, "double"},
		{[]string{".5", "1"}, "double"},
		{[]string{"1.5", "one"}, "string"},
		{[]string{"2026-01-31", "2026-2-1"}, "date"},
		{[]string{"2026-02-30"}, "string"},
		{[]string{"2026-01-31T10:00:00", "2026-1-31 1:02:03"}, "timestamp"},
		{[]string{"2026-01-31T10:00:00Z", ""}, "timestamp"},
		{[]string{"2026-01-31T10:00:00", "2026-01-31"}, "string"},
		{[]string{"true", "FALSE", "null"}, "boolean"},
		{[]string{"true", "1"}, "string"},
		{[]string{"yes", "no"}, "string"},
		{[]string{"5%", "10%"}, "string"},
	} {
		text := "a;b\n"
		for _, v := range c.values {
			text += `"` + v + "\";x\n"
		}
		got, err := seedTypes(strings.NewReader(text), ';')
		if want := map[string]string{"a": c.want, "b": "string"}; err != nil || !maps.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", c.values, got, err, want)
		}
	}
}

func TestSeedTypesOfWhatIsNoCSVAreLeftToLoading(t *testing.T) {
	for _, text := range []string{"", "a,b", "\xef\xbb\xbfa\n1\n", "a,b\n1\n\"2", "a\n1,2,3\n"} {
		if _, err := seedTypes(strings.NewReader(text), ','); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	broken := errors.New("broken")
	if _, err := seedTypes(iotest.ErrReader(broken), ','); !errors.Is(err, broken) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}
