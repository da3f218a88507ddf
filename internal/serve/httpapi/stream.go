package httpapi

import (
	"bufio"
	"net/http"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"github.com/tarn-lake/tarn/internal/export"
)

// accepted are the media types that clients may ask for, and their formats; ""
// is a page.
var accepted = []struct {
	media  string
	format export.Format
}{
	{"application/json", ""},
	{"application/x-ndjson", export.NDJSON},
	{"application/jsonl", export.NDJSON},
	{"text/csv", export.CSV},
	{"application/vnd.apache.arrow.stream", export.Arrow},
	{"application/vnd.apache.parquet", export.Parquet},
}

// formatOf is what a client asks for, by its word or by its Accept header.
func formatOf(word export.Format, accept string) export.Format {
	if word != "" || accept == "" {
		return word
	}
	known := make([]string, len(accepted))
	for i, a := range accepted {
		known[i] = a.media
	}
	chosen := negotiation.SelectQValueFast(accept, known)
	for _, a := range accepted {
		if a.media == chosen {
			return a.format
		}
	}
	return ""
}

// streamed answers with all rows, which it releases. What goes wrong before the
// first rows are there is an error; later, the answer is cut off.
func (s *Server) streamed(rows array.RecordReader, f export.Format) (*huma.StreamResponse, error) {
	if err := f.Takes(rows.Schema()); err != nil {
		rows.Release()
		return nil, err
	}
	first := &begun{RecordReader: rows}
	if first.there = rows.Next(); !first.there && rows.Err() != nil {
		rows.Release()
		return nil, rows.Err()
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		defer rows.Release()
		h.SetHeader("Content-Type", f.MediaType())
		h.SetHeader("Cache-Control", "no-store")
		h.SetStatus(http.StatusOK)
		w := bufio.NewWriterSize(h.BodyWriter(), 1<<16)
		err := export.Write(w, first, f)
		if err == nil {
			err = w.Flush()
		}
		if err != nil {
			c := callOf(h.Context())
			c.w.status = statusCut
			s.Logger.Info("a stream was cut off", "path", c.r.URL.Path, "principal", c.who.Principal.String(), "error", err.Error())
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// statusCut is what a stream counts as that was cut off.
const statusCut = 499

// begun is rows whose first batch has been read.
type begun struct {
	array.RecordReader
	there, given bool
}

// Next reads the next batch.
func (b *begun) Next() bool {
	if !b.given {
		b.given = true
		return b.there
	}
	return b.RecordReader.Next()
}

// Record is the old name of RecordBatch.
func (b *begun) Record() arrow.RecordBatch { return b.RecordBatch() }

// jsonAnswer answers with JSON.
func jsonAnswer(status int, body any, location string) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(h huma.Context) {
		if location != "" {
			h.SetHeader("Location", location)
		}
		h.SetHeader("Content-Type", "application/json")
		h.SetHeader("Cache-Control", "no-store")
		h.SetStatus(status)
		_ = huma.DefaultJSONFormat.Marshal(h.BodyWriter(), body) // a client that is gone needs none
	}}
}

// mediaTypes are those of rows that are streamed.
func mediaTypes() []string {
	var list []string
	for _, f := range []export.Format{export.NDJSON, export.CSV, export.Arrow, export.Parquet} {
		media, _, _ := strings.Cut(f.MediaType(), ";")
		list = append(list, media)
	}
	return list
}
