package transform

import "testing"

func TestRowsOfSnapshotsAreOpenUntilTheyHaveAnEnd(t *testing.T) {
	s := &snapshot{columns: snapshotColumns{validTo: "dbt_valid_to"}, updatedAt: "changed"}
	for _, c := range []struct{ current, open, validTo string }{
		{"", "t.dbt_valid_to IS NULL", "coalesce(nullif(changed, changed), null)"},
		{"date '9999-12-31'", "(t.dbt_valid_to = (date '9999-12-31') OR t.dbt_valid_to IS NULL)", "coalesce(nullif(changed, changed), date '9999-12-31')"},
	} {
		s.current = c.current
		if got := s.open("t.", c.current); got != c.open {
			t.Errorf("with %q a row is open if %s, want %s", c.current, got, c.open)
		}
		if got := s.validTo(); got != c.validTo {
			t.Errorf("with %q a version ends at %s, want %s", c.current, got, c.validTo)
		}
	}
}

func TestVersionsAreNamedByTheDigestOfKeysAndTime(t *testing.T) {
	s := &snapshot{keys: []string{"a", "b"}, updatedAt: "at"}
	want := "md5(coalesce(cast(a as varchar), '') || '|' || coalesce(cast(b as varchar), '') || '|' || coalesce(cast(at as varchar), ''))"
	if got := s.scd(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if len(s.keys) != 2 {
		t.Error("the keys were changed")
	}
}
