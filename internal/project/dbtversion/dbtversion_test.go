package dbtversion

import "testing"

func TestVersionsFitRanges(t *testing.T) {
	for _, c := range []struct {
		version, wanted string
		fits, broken    bool
	}{
		{"1.11.0", ">=1.6.0", true, false},
		{"1.11.0", ">=1.6", true, false},
		{"1.11.0", "<2.0.0", true, false},
		{"1.11.0", "< 1.11.0", false, false},
		{"1.11.0", "<=1.11.0", true, false},
		{"1.11.0", ">1.11.0", false, false},
		{"1.11.0", "1.11.0", true, false},
		{"1.11.0", "=1.10.0", false, false},
		{"1.11.0", "==1.11.0", true, false},
		{"1.11.0-rc1", ">=1.11.0", false, false},
		{"1.11.0-rc2", ">1.11.0-rc1", true, false},
		{"1.11.0-a.2", "<1.11.0-a.10", true, false},
		{"1.11.0-1", "<1.11.0-a", true, false},
		{"v0.21.0", ">=0.20.0", true, false},
		{"1.11.0", "any", false, true},
		{"some", ">=1.0.0", false, true},
		{">=1.0.0", ">=1.0.0", false, true},
		{"1.0.0", ">=99999999999999999999.0.0", false, true},
	} {
		fits, err := Fits(c.version, c.wanted)
		if fits != c.fits || (err != nil) != c.broken {
			t.Errorf("%s in %s: %v, %v", c.version, c.wanted, fits, err)
		}
	}
	if v, err := Parse("1.0.0-rc1"); err != nil || !v.Prerelease() {
		t.Errorf("a release candidate is no pre-release: %v, %v", v, err)
	}
}
