package gate

import (
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// timeLayouts are the ways in which AT (TIMESTAMP => …) may tell a time; one
// without a zone is in UTC.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", time.DateOnly,
}

// at returns the point in time at which a table is read: that of its own AT
// clause, or the statement's.
func (p *passage) at(ref sqlast.TableRef) (lake.At, error) {
	if ref.At == nil {
		return p.st.Scope.At(), nil
	}
	typ, text, ok := sqlast.Literal(ref.At)
	switch {
	case ok && strings.EqualFold(ref.AtUnit, "VERSION") && integers[typ]:
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
			return lake.At{SnapshotID: id}, nil
		}
	case ok && strings.EqualFold(ref.AtUnit, "TIMESTAMP"):
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, text); err == nil {
				return lake.At{Time: t}, nil
			}
		}
	}
	return lake.At{}, p.problem("at-clause", ref.Location, "AT needs the id of a snapshot or a time, as a constant").
		WithHint("write AT (VERSION => 4711) or AT (TIMESTAMP => '2011-12-08 18:00:00')")
}
