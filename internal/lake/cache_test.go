package lake

import (
	"fmt"
	"testing"
)

func TestTheCacheForgetsWhatWasUsedLeastRecently(t *testing.T) {
	c := newCache[*Table](3)
	for i := range 3 {
		c.put(fmt.Sprint(i), &Table{location: fmt.Sprint(i)})
	}
	if _, found := c.get("0"); !found {
		t.Fatal("0 is gone")
	}
	c.put("3", &Table{location: "3"})
	c.put("3", &Table{location: "3"})
	for key, want := range map[string]bool{"0": true, "1": false, "2": true, "3": true} {
		if table, found := c.get(key); found != want || (found && table.location != key) {
			t.Errorf("%s is there: %v, want %v", key, found, want)
		}
	}
}
