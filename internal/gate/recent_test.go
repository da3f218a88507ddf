package gate

import (
	"strconv"
	"testing"
)

func TestRecentKeepsWhatIsAskedForAndForgetsTheRest(t *testing.T) {
	c := newRecent[int](3)
	for i := range 20 {
		c.put(strconv.Itoa(i), i)
		if n, known := c.get("0"); !known || n != 0 {
			t.Fatalf("after %d others 0 is %d, %v", i, n, known)
		}
		if n := len(c.young) + len(c.aged); n > 6 {
			t.Fatalf("after %d others %d are kept", i, n)
		}
	}
	if _, known := c.get("1"); known {
		t.Error("what nobody asked for is still known")
	}
	if n, known := c.get("19"); !known || n != 19 {
		t.Errorf("the last one is %d, %v", n, known)
	}
	var none *recent[int]
	none.put("a", 1)
	if _, known := none.get("a"); known {
		t.Error("a nil one kept something")
	}
}
