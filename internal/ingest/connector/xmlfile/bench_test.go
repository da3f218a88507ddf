package xmlfile_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/xmlfile"
)

// BenchmarkCatalogue measures bytes of XML to released batches, checksum and
// all. Run it with -cpu 1 for the speed of one core.
func BenchmarkCatalogue(b *testing.B) {
	stored, err := os.ReadFile("testdata/NIST_SP-800-53_rev4_catalog.xml.zst")
	if err != nil {
		b.Fatal(err)
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		b.Fatal(err)
	}
	defer decoder.Close()
	content, err := decoder.DecodeAll(stored, nil)
	if err != nil {
		b.Fatal(err)
	}
	format, in := xmlfile.New(), connectortest.File("catalogue", content)
	discard := func() connector.Sink { return connectortest.SinkFuncs{} }
	layout, _, err := connectortest.Load(b.Context(), format, []connector.Input{in}, named("control"), discard)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	before := cpuSeconds(b)
	for b.Loop() {
		if _, err := format.Read(b.Context(), in, layout, discard()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(content))/(cpuSeconds(b)-before)/1e6, "MB/cpu-s")
}

// cpuSeconds is the processor time of the whole process, which other work on
// the machine does not distort.
func cpuSeconds(b *testing.B) float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
