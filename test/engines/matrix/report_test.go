//go:build engines

package matrix

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// report is the matrix: who wrote what, who read it, and why not.
type report struct {
	readers []string
	rows    []reportRow
	reasons []string
}

type reportRow struct {
	operation, writer string
	cells             []string
}

// because returns a mark for a reason, which the end of the report explains.
func (r *report) because(cell, reason string) string {
	at := slices.Index(r.reasons, reason)
	if at < 0 {
		at = len(r.reasons)
		r.reasons = append(r.reasons, reason)
	}
	return fmt.Sprintf("%s [%d]", cell, at+1)
}

// add adds a row, with a cell for each reader or fewer.
func (r *report) add(operation, writer string, cells ...string) {
	cells = append(cells, make([]string, len(r.readers)-len(cells))...)
	r.rows = append(r.rows, reportRow{operation, writer, cells})
}

func (r *report) String() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "operation\twritten by\tread by: %s\n", strings.Join(r.readers, "\t"))
	for _, row := range r.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", row.operation, row.writer, strings.Join(row.cells, "\t"))
	}
	_ = w.Flush() // a strings.Builder takes everything
	for i, reason := range r.reasons {
		fmt.Fprintf(&out, "[%d] %s\n", i+1, reason)
	}
	return out.String()
}
