package cli

import (
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// counter shows on a terminal how many of some things are done.
type counter struct {
	bars *mpb.Progress
	bar  *mpb.Bar
}

// counter returns a counter of what noun says.
func (c *command) counter(noun string) *counter {
	n := &counter{}
	if !terminal(c.program.Err) || c.flags.quiet || c.flags.logFormat != "text" {
		return n
	}
	n.bars = mpb.New(mpb.WithOutput(c.program.Err), mpb.WithWidth(32), mpb.WithRefreshRate(100*time.Millisecond))
	n.bar = n.bars.AddBar(0, mpb.BarRemoveOnComplete(), mpb.AppendDecorators(decor.CountersNoUnit("%d of %d "+noun)))
	return n
}

// set says how many are done.
func (n *counter) set(done, total int) {
	if n.bar != nil {
		n.bar.SetTotal(int64(total), false)
		n.bar.SetCurrent(int64(done))
	}
}

// done removes the counter.
func (n *counter) done() {
	if n.bars != nil {
		n.bar.Abort(true)
		n.bars.Wait()
	}
}
