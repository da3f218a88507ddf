package record

import "github.com/tarn-lake/tarn/internal/ingest/connector"

// Crewed lets f give each of so many workers so much text at once.
func Crewed(f connector.Format, workers, chunk int) connector.Format {
	f.(*format).crewing = crewing{chunk, workers}
	return f
}
