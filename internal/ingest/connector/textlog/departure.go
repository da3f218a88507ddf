package textlog

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Departure is where a record departs from its format.
type Departure struct {
	// At is the offset in the record's text.
	At int
	// What is missing or too much there.
	What string
}

// Violation says it for people, who count columns from 1.
func (d *Departure) Violation() connector.Violation {
	return connector.Violation{Rule: connector.RuleFormat, Reason: fmt.Sprintf("%s at column %d", d.What, d.At+1)}
}
