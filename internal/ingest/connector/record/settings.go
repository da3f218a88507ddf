package record

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// settings are the options of a load; "" is found out.
type settings struct {
	spec        *Spec
	checked     connector.Settings
	encoding    connector.Encoding
	compression connector.Compression
	maxRecord   int
	formats     textvalue.Formats
	prepared    any
	crewing     crewing
}

func (f *format) settings(options map[string]connector.Option) (settings, error) {
	checked, err := connector.CheckOptions(f.Options(), options)
	var problems diag.Problems
	problems.AddError("bad-option", diag.Place{}, err)
	s := settings{spec: &f.spec, checked: checked, maxRecord: int(min(checked.Number("max_record", f.maxRecord()), largestMaxRecord)), crewing: f.crewing}
	encoding, _ := checked.Text("encoding")
	s.encoding = connector.Encoding(encoding)
	compression, _ := checked.Text("compression")
	s.compression = connector.Compression(compression)
	for name, target := range map[string]**textvalue.Format{"date_format": &s.formats.Date, "timestamp_format": &s.formats.Timestamp} {
		if text, ok := checked.Text(name); ok && f.spec.Dates {
			compiled, err := textvalue.ParseFormat(text)
			if err != nil {
				problems.Errorf("bad-option", options[name].Place, "option %q: %v", name, err)
			}
			*target = compiled
		}
	}
	if f.spec.Prepare != nil && problems.Err() == nil {
		s.prepared, err = f.spec.Prepare(checked, options)
		problems.AddError("bad-option", diag.Place{}, err)
	}
	return s, problems.Err()
}

// sizeText writes a size as an option's value is written.
func sizeText(bytes int64) string {
	if bytes%(1<<20) == 0 {
		return fmt.Sprintf("%dMiB", bytes>>20)
	}
	return fmt.Sprintf("%dKiB", bytes>>10)
}
