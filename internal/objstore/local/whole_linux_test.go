package local

import "testing"

func TestReleasesOfTheKernelAreCompared(t *testing.T) {
	for release, want := range map[string]bool{
		"5.8.0": true, "5.8-rc1": true, "5.10.0-21-amd64": true, "6.1": true, "10.0.1": true,
		"5.7.19": false, "4.19.0": false, "5": false, "": false, "x.y": false,
	} {
		if got := isFrom(release, 5, 8); got != want {
			t.Errorf("%q: %v", release, got)
		}
	}
}
