package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// held is how many MB a process held, each second.
type held []float64

// watch looks at a server until the function that it returns is called, which
// returns what was seen.
func (s *server) watch() (end func() (held, error)) {
	ctx, stop := context.WithCancel(context.Background())
	var seen held
	var failed error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		every := time.NewTicker(time.Second)
		defer every.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
			}
			text, err := s.status("VmRSS")
			if err != nil {
				failed = err
				return
			}
			kb, err := strconv.ParseFloat(strings.TrimSuffix(text, " kB"), 64)
			if err != nil {
				failed = err
				return
			}
			seen = append(seen, kb/1000)
		}
	}()
	return func() (held, error) {
		stop()
		<-ended
		return seen, failed
	}
}

// warm is what was seen after a process has warmed up: the second half. The
// engine notes each piece of memory that it has let go of until 30,000 of a kind
// are together, which takes some 50 MB and, by mixed statements, ten minutes.
func (h held) warm() held { return h[len(h)/2:] }

// line is what the memory was like at its begin, and how many MB it grew in a
// second, by least squares.
func (h held) line() (begin, slope float64) {
	n, x, y, xx, xy := float64(len(h)), 0.0, 0.0, 0.0, 0.0
	for i, mb := range h {
		at := float64(i)
		x, y, xx, xy = x+at, y+mb, xx+at*at, xy+at*mb
	}
	if n < 2 {
		return y, 0
	}
	slope = (n*xy - x*y) / (n*xx - x*x)
	return (y - slope*x) / n, slope
}

// mayGrow is the part of itself by which memory may grow once it is warm: what
// the engine and the collector hold at a moment differs by more than that.
const mayGrow = 0.15

// judged is for how many seconds memory is looked at before it is judged: for a
// minute or two all fill what they keep.
const judged = 180

// flat says how the memory went, and is an error where it grew, if that was long
// enough to tell; the server may have something still to get to know.
func (h held) flat(known bool) (string, error) {
	warm := h.warm()
	begin, slope := warm.line()
	grown := slope * float64(len(warm))
	said := fmt.Sprintf("%.0f MB, and %+.0f MB in the last %d s (%+.2f MB/s)", begin, grown, len(warm), slope)
	if !known || len(h) < judged {
		return said + ", too short to tell", nil
	}
	if grown > mayGrow*begin {
		return said, fmt.Errorf("the server's memory grows: %s", said)
	}
	return said, nil
}
