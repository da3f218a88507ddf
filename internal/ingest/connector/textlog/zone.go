package textlog

import "time"

const (
	microsPerHour = 3600 * 1e6
	microsPerDay  = 24 * microsPerHour
)

// LocalClock turns times of a zone into UTC. It remembers the offset of the
// last quarter of an hour, as times come in runs.
type LocalClock struct {
	zone    *time.Location
	quarter int64
	offset  int64
	known   bool
}

// NewLocalClock returns a clock of a zone.
func NewLocalClock(zone *time.Location) *LocalClock { return &LocalClock{zone: zone} }

// UTC returns the microseconds since 1970 of a time that the zone's clocks
// showed, counted as if they showed UTC.
func (c *LocalClock) UTC(micros int64) int64 {
	if c.zone == time.UTC {
		return micros
	}
	const quarter = microsPerHour / 4
	if q := micros / quarter; !c.known || q != c.quarter {
		shown := time.UnixMicro(micros).UTC()
		meant := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), shown.Nanosecond(), c.zone)
		c.quarter, c.offset, c.known = q, micros-meant.UnixMicro(), true
	}
	return micros - c.offset
}
