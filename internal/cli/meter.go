package cli

import (
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// meter shows on a terminal how far a command is that is no run.
type meter struct {
	bars *mpb.Progress
	bar  *mpb.Bar
}

// newMeter starts one; in bytes where unit is "".
func (c *command) newMeter(what, unit string) *meter {
	m := &meter{}
	if c.flags.quiet || c.flags.logFormat == "json" || !terminal(c.program.Err) {
		return m
	}
	m.bars = mpb.New(mpb.WithOutput(c.program.Err), mpb.WithWidth(40))
	behind := decor.CountersKibiByte("% .1f of % .1f")
	if unit != "" {
		behind = decor.CountersNoUnit("%d of %d " + unit)
	}
	m.bar = m.bars.AddBar(0, mpb.BarRemoveOnComplete(), mpb.PrependDecorators(decor.Name(what+" ")), mpb.AppendDecorators(behind))
	return m
}

// at tells how far it is.
func (m *meter) at(done, of int64) {
	if m.bar != nil {
		m.bar.SetTotal(of, false)
		m.bar.SetCurrent(done)
	}
}

// close takes the bar away.
func (m *meter) close() {
	if m.bar != nil {
		m.bar.Abort(true)
		m.bars.Wait()
	}
}
