// Package logfmt is for reading logs whose lines are pairs of keys and values, as
// Go's loggers, Heroku and many others write them:
//
//	time=2026-11-21T13:10:08Z level=info msg="order 17 placed" took=12ms user=
//
// It promises that each key becomes a column and that a line which is not made of
// such pairs is a reject that says where it departs. It leaves types and
// everything about files to package record.
//
// A value goes up to the next space, or is quoted; inside quotes a backslash
// stands before quotes, backslashes and the letters n, r, t and u, as in JSON. A
// value of nothing and the bare word null are NULL, and "" is the empty text. A
// word without = is no pair, unless `flags` says that it means true: else a
// sentence would be columns.
package logfmt

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// New returns the format "logfmt".
func New() connector.Format {
	return record.New(record.Spec{
		Name: "logfmt",
		Options: []connector.OptionSpec{
			{Name: "flags", Kind: connector.BoolOption, Default: "false", Doc: "Whether a word without = is a key whose value is true."},
		},
		Dates:     true,
		MaxRecord: 1 << 20,
		Unicode:   true,
		Open: func(src record.Source) (record.Parser, error) {
			flags, _ := src.Settings.Bool("flags")
			p := &parser{flags: flags, names: src.Names}
			return record.NewLines(src, func(rec *record.Record, text []byte, lo, hi int) {
				if !connector.IsText(text, lo, hi) {
					rec.Violations = connector.TextViolations(text[lo:hi], src.Encoding)
				}
				if d := p.parse(rec, text[lo:hi]); d != nil {
					rec.Reject(connector.RuleFormat, fmt.Sprintf("%s at column %d", d.what, d.at+1))
				}
			}), nil
		},
	})
}
