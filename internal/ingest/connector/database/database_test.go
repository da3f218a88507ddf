package database

import (
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"context"

	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

func TestRangesHoldEveryNumberOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low, high := rapid.Int64().Draw(t, "low"), rapid.Int64().Draw(t, "high")
		ranges := Split(fmt.Sprint(low), fmt.Sprint(high), rapid.IntRange(1, 40).Draw(t, "n"))
		number := big.NewInt(rapid.Int64().Draw(t, "number"))
		found := 0
		for _, r := range ranges {
			from, ok1 := new(big.Int).SetString(r.Low, 10)
			to, ok2 := new(big.Int).SetString(r.High, 10)
			if (!ok1 || number.Cmp(from) >= 0) && (!ok2 || number.Cmp(to) < 0) {
				found++
			}
		}
		if found != 1 || ranges[0].Low != "" || ranges[len(ranges)-1].High != "" {
			t.Fatalf("%s is in %d of %v", number, found, ranges)
		}
	})
}

func TestPasswordsFromTheEnvironmentMayHaveAnyCharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.StringMatching(`[ -~]{1,12}`).Filter(func(s string) bool { return !strings.Contains(s, "%") }).Draw(t, "password")
		u, err := url.Parse(EscapeUser("postgres://anna:" + password + "@db.example:5432/shop?sslmode=require"))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := u.User.Password()
		if got != password || u.Host != "db.example:5432" || u.Path != "/shop" || u.User.Username() != "anna" {
			t.Fatalf("%q became %q of %s at %s", password, got, u.User.Username(), u.Host)
		}
	})
	if got := EscapeUser("postgres://anna:a%40b@db/shop"); got != "postgres://anna:a%40b@db/shop" {
		t.Error("encoded twice:", got)
	}
}

func TestConnectingIsTriedAgainOnlyWhereThatMayHelp(t *testing.T) {
	passing, lasting := errors.New("refused"), errors.New("wrong password")
	for _, c := range []struct {
		errs []error
		want int
	}{
		{[]error{nil}, 1}, {[]error{passing, nil}, 2}, {[]error{passing, lasting}, 2}, {[]error{passing, passing, passing, passing, nil}, 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			_, err := Retry(t.Context(), func(context.Context) (int, error) {
				tries++
				return 0, c.errs[tries-1]
			}, func(err error) bool { return errors.Is(err, passing) })
			if tries != c.want || !errors.Is(err, c.errs[tries-1]) {
				t.Errorf("%d tries, %v", tries, err)
			}
		})
	}
}

func TestRowsAtTheEdgeAreKnownAsOftenAsTheyWereThere(t *testing.T) {
	s := &State{Of: "t", Cursor: "at"}
	s.Remember("a", 2)
	s.Remember("b", 1)
	stored, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	s, err = ParseState(stored, "t", "AT", nil)
	if err != nil {
		t.Fatal(err)
	}
	var passed []string
	row := s.Unseen(func(values [][]byte, _ int) error { passed = append(passed, string(values[0])); return nil })
	for i, digest := range []string{"a", "b", "a", "c", "a", "b"} {
		if err := row([][]byte{[]byte(strconv.Itoa(i)), []byte(digest)}, 1); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(passed, " "); got != "3 4 5" {
		t.Error("passed on", got)
	}
}

func TestStatesOfAnotherQuestionAreRefused(t *testing.T) {
	crowded := &State{Of: "t", Cursor: "at"}
	for i := range MostEdge + 1 {
		crowded.Remember(strconv.Itoa(i), 1)
	}
	stored, err := crowded.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of, cursor string
		key        []string
		want       string
	}{
		{"other", "at", nil, "changed-source"}, {"t", "other", nil, "changed-cursor"}, {"t", "at", nil, "crowded-cursor"}, {"t", "at", []string{"id"}, ""},
	} {
		_, err := ParseState(stored, c.of, c.cursor, c.key)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// numbers is a field of texts that are numbers.
func numbers(kind connector.Kind, wider func([]byte) (connector.Type, bool)) (*connector.Layout, []Field) {
	column := connector.Column{Name: "n", Type: connector.Type{Kind: kind}, Origin: connector.Declared}
	show := func(v []byte) []byte { return v }
	return &connector.Layout{Columns: []connector.Column{{Name: "other"}, column}}, []Field{{
		Name: "n", Column: 1, Set: textvalue.NewSetter(column.Type, textvalue.Formats{}, false), Wider: wider,
		Reason: func(v []byte) string { return textvalue.Reason(column, v) }, Text: show,
		JSON: func(out, v []byte) []byte { return AppendString(out, v) },
	}}
}

func TestEveryRowIsWrittenOrRejected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.SampledFrom([]string{"1", "22", "NULL", "bad", strings.Repeat("9", 100)}), 0, 3000).Draw(t, "values")
		layout, fields := numbers(connector.Int, nil)
		var got connectortest.Collected
		l := NewLoader("p", layout, fields, 50, got.Sink())
		defer l.Close()
		var want []string
		rejected := 0
		for _, v := range values {
			row := [][]byte{[]byte(v)}
			switch v {
			case "NULL":
				row[0] = nil
				want = append(want, v)
			case "1", "22":
				want = append(want, v)
			default:
				rejected++
			}
			if err := l.Row(row, len(v)); err != nil {
				t.Fatal(err)
			}
		}
		counts, err := l.End()
		if err != nil {
			t.Fatal(err)
		}
		if counts.Written != int64(len(want)) || counts.Rejected != int64(rejected) || counts.Records != int64(len(values)) || len(got.Rejects) != rejected {
			t.Fatalf("%+v, want %d and %d", counts, len(want), rejected)
		}
		for i, row := range got.Rows {
			if row[1] != want[i] || row[0] != "NULL" {
				t.Fatalf("row %d is %v, want %s", i, row, want[i])
			}
		}
	})
}

func TestAPartSaysAllThatItNeedsWider(t *testing.T) {
	layout, fields := numbers(connector.Decimal, func(v []byte) (connector.Type, bool) {
		whole, fraction, _ := strings.Cut(string(v), ".")
		return connector.Type{Kind: connector.Decimal, Precision: len(whole) + len(fraction), Scale: len(fraction)}, true
	})
	layout.Columns[1].Type = connector.Type{Kind: connector.Decimal, Precision: 38}
	fields[0].Set = textvalue.NewSetter(layout.Columns[1].Type, textvalue.Formats{}, false)
	l := NewLoader("p", layout, fields, 1<<20, connectortest.SinkFuncs{})
	defer l.Close()
	for _, v := range []string{"1", "2.5", "3", "4.125", "5.1"} {
		if err := l.Row([][]byte{[]byte(v)}, 1); err != nil {
			t.Fatal(err)
		}
	}
	_, err := l.End()
	var wider *connector.WidenError
	if !errors.As(err, &wider) || wider.Columns[0].To.String() != "decimal(38,3)" || wider.Columns[0].Value != "2.5" {
		t.Error(err)
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"90": 90 * time.Second, "5m": 5 * time.Minute, "-1s": -1, "soon": -1} {
		got, err := Duration(connector.Settings{"t": text}, "t", 0)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
}
