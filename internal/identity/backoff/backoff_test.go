package backoff

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newTest() (*Backoff, *clock) {
	c := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	return New(c.time), c
}

// fail makes n attempts that fail, each as soon as it may be made, and returns
// how long it had to wait in all.
func fail(b *Backoff, c *clock, n int, name, address string) (waited time.Duration) {
	for range n {
		_, wait := b.Try(name, address)
		if wait > 0 {
			c.pass(wait)
			waited += wait
			_, _ = b.Try(name, address)
		}
	}
	return waited
}

func wait(b *Backoff, name, address string) time.Duration {
	a, wait := b.Try(name, address)
	if a != nil {
		a.Undo()
	}
	return wait
}

func TestEachFailureWaitsTwiceAsLong(t *testing.T) {
	b, c := newTest()
	var waits []int
	for range 16 {
		waits = append(waits, int(fail(b, c, 1, "ada", "here").Seconds()))
	}
	if got, want := fmt.Sprint(waits), "[0 0 0 0 0 0 1 2 4 8 16 32 64 128 256 300]"; got != want {
		t.Errorf("seconds waited: %s, want %s", got, want)
	}
	c.pass(forgetAfter)
	if fail(b, c, 6, "ada", "here") != 0 {
		t.Error("it is not forgotten")
	}
}

func TestGuessesAtOnceCountAsInTurn(t *testing.T) {
	b, _ := newTest()
	var all sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for range 200 {
		all.Go(func() {
			if a, _ := b.Try("ada", "here"); a != nil {
				mu.Lock()
				defer mu.Unlock()
				taken++
			}
		})
	}
	all.Wait()
	if taken != ofPair.free+1 {
		t.Errorf("%d of 200 guesses were taken", taken)
	}
}

// TestGoodLoginsAtOnceWaitForEachOther: a pool of connections is let in, whatever
// its size; guesses among them count.
func TestGoodLoginsAtOnceWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(time.Now)
		var all sync.WaitGroup
		var refused, failed atomic.Int32
		for i := range 200 {
			all.Go(func() {
				a, _ := b.Begin(t.Context(), "ada", "here")
				if a == nil {
					refused.Add(1)
					return
				}
				<-time.After(time.Millisecond) // of the bubble: as many as may be are under way
				if i == 100 {
					a.Bad()
					failed.Add(1)
					return
				}
				a.Good()
			})
		}
		all.Wait()
		if refused.Load() > 0 || failed.Load() != 1 {
			t.Errorf("%d were refused", refused.Load())
		}
		if n := len(b.line.underWay); n != 0 {
			t.Errorf("%d are still under way", n)
		}
	})
}

// TestGuessesInLineCountAsInTurn: to wait for others makes no guess quicker.
func TestGuessesInLineCountAsInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(time.Now)
		var all sync.WaitGroup
		var taken atomic.Int32
		for range 200 {
			all.Go(func() {
				if a, wait := b.Begin(t.Context(), "ada", "here"); a != nil {
					taken.Add(1)
					a.Bad()
				} else if wait <= 0 {
					t.Error("it is refused without a wait")
				}
			})
		}
		all.Wait()
		if n := int(taken.Load()); n != ofPair.free+1 {
			t.Errorf("%d of 200 guesses were taken", n)
		}
	})
}

// TestWhoNeverEndsHoldsNobodyUpForEver: neither longer than a login may take.
func TestWhoNeverEndsHoldsNobodyUpForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(time.Now)
		for range ofPair.free + 4 {
			_, _ = b.Begin(t.Context(), "ada", "here")
		}
		if waited := time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); waited > 5*longestInLine {
			t.Errorf("they waited for %s", waited)
		}
	})
}

func TestALoginStartsAnew(t *testing.T) {
	b, c := newTest()
	fail(b, c, 7, "ada", "here")
	c.pass(time.Minute)
	a, _ := b.Try("ada", "here")
	a.Good()
	if waited := fail(b, c, 6, "ada", "here"); waited != 0 {
		t.Errorf("after a login failures wait %s", waited)
	}
}

// Whoever has an account cannot use it to guess at others: its logins undo
// nothing of what the address did.
func TestLoginsOfOneNameDoNotPayForGuessesAtOthers(t *testing.T) {
	b, c := newTest()
	var waited time.Duration
	for i := range 3 * ofAddress.free {
		waited += fail(b, c, 1, fmt.Sprint("victim", i), "there")
		if a, _ := b.Try("mallory", "there"); a != nil {
			a.Good()
		}
	}
	if waited < 10*time.Minute {
		t.Errorf("%d names were tried in %s", 3*ofAddress.free, waited)
	}
}

func TestNobodyIsKeptOutByWhatOthersDo(t *testing.T) {
	b, c := newTest()
	a, _ := b.Try("ada", "office")
	a.Good()
	for i := range 500 {
		_, _ = b.Try("ada", fmt.Sprint("botnet", i))
		_, _ = b.Try(fmt.Sprint("else", i), "office")
	}
	if got := wait(b, "ada", "office"); got != 0 {
		t.Errorf("ada waits %s where she logged in before", got)
	}
	if got := wait(b, "ada", "holiday"); got == 0 || got > ofName.most {
		t.Errorf("ada waits %s where she was never before", got)
	}
	if got := wait(b, "grace", "office"); got == 0 || got > ofAddress.most {
		t.Errorf("grace waits %s behind the address that guesses", got)
	}
	if got := wait(b, "grace", "home"); got != 0 {
		t.Errorf("grace waits %s at home", got)
	}
	c.pass(time.Minute)
	for _, who := range [][2]string{{"ada", "holiday"}, {"grace", "office"}} {
		if got := wait(b, who[0], who[1]); got != 0 {
			t.Errorf("%s still waits after a minute: %s", who, got)
		}
	}
	c.pass(rememberFor)
	fail(b, c, 2*ofName.free, "ada", "botnet")
	if got := wait(b, "ada", "office"); got == 0 {
		t.Error("an address is known forever")
	}
}

func TestWhatComesToNoEndDoesNotCount(t *testing.T) {
	b, _ := newTest()
	for range 1000 {
		a, wait := b.Try("ada", "here")
		if a == nil {
			t.Fatalf("it waits %s", wait)
		}
		a.Undo()
	}
}

func TestMemoryIsBounded(t *testing.T) {
	b, _ := newTest()
	known, _ := b.Try("ada", "home")
	known.Good()
	for i := range 2 * most {
		_, _ = b.Try(fmt.Sprint("name", i), fmt.Sprint("address", i))
	}
	if n := len(b.counts.at); n > most || b.counts.order.Len() != n {
		t.Errorf("%d counts are kept", n)
	}
	if _, found := b.known.get(key{"ada", "home"}); !found {
		t.Error("strangers pushed a login out")
	}
}

// Whatever happens, a wait is bounded and ends.
func TestWaitsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, c := newTest()
		names := rapid.SampledFrom([]string{"", "ada", "grace"})
		places := rapid.SampledFrom([]string{"here", "there"})
		for range rapid.IntRange(0, 300).Draw(t, "attempts") {
			a, _ := b.Try(names.Draw(t, "name"), places.Draw(t, "address"))
			switch end := rapid.IntRange(0, 5).Draw(t, "end"); {
			case a != nil && end == 0:
				a.Good()
			case a != nil && end == 1:
				a.Undo()
			}
			c.pass(time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second)
		}
		name, place := names.Draw(t, "name"), places.Draw(t, "address")
		if got := wait(b, name, place); got < 0 || got > ofPair.most {
			t.Fatalf("it waits %s", got)
		}
		c.pass(wait(b, name, place))
		if got := wait(b, name, place); got != 0 {
			t.Fatalf("having waited it waits %s more", got)
		}
	})
}
