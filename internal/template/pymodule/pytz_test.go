package pymodule

import (
	"testing"
	"time"
)

func TestEveryZoneThatIsListedIsThere(t *testing.T) {
	all, common := zoneNames()
	if len(all) < 500 || len(common) < 400 || len(common) >= len(all) {
		t.Errorf("%d zones, %d of them common", len(all), len(common))
	}
	for _, name := range all {
		if _, err := time.LoadLocation(name.(string)); err != nil {
			t.Error(err)
		}
	}
}
