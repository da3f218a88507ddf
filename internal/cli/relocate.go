package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
)

// relocate makes a lake that was moved readable, and says what came of it.
func (c *command) relocate(cmd *cobra.Command, a *app.App) error {
	m := c.newMeter("relocating", "tables")
	out, err := a.Relocate(cmd.Context(), func(done, of int) { m.at(int64(done), int64(of)) })
	m.close()
	if err != nil {
		return err
	}
	c.relocated(out)
	return nil
}

// relocated says what came of moving a lake's tables.
func (c *command) relocated(out app.Relocated) {
	for _, l := range out.Lost {
		state := "an earlier state"
		if l.Current {
			state = "the state that readers see"
		}
		p := diag.New("lost-file", diag.Place{}, "%s: %s names %s, which cannot be read: %v", l.Table, state, l.File, l.Err)
		p.Severity = diag.Warning
		c.warn(p)
	}
	switch {
	case c.flags.quiet:
	case out.From == out.To:
		fmt.Fprintf(c.program.Err, "the lake is where its tables say: %s\n", out.To)
	default:
		fmt.Fprintf(c.program.Err, "moved %d tables from %s to %s (%d files written again)\n", out.Tables, out.From, out.To, out.Files)
	}
}
