package accesslog_test

import (
	"bytes"
	"os"
	"syscall"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/accesslog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

// BenchmarkRead measures bytes of a log to released Arrow batches, checksum and
// all. Run it with -cpu 1 for the speed of one core.
func BenchmarkRead(b *testing.B) {
	excerpt, err := os.ReadFile("testdata/access.log")
	if err != nil {
		b.Fatal(err)
	}
	log := bytes.Repeat(excerpt, (64<<20)/len(excerpt))
	in := connectortest.File("bench.log", log)
	layout, err := accesslog.Format{}.Infer(b.Context(), nil, connector.Request{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	var records int64
	before := cpuSeconds(b)
	for b.Loop() {
		counts, err := accesslog.Format{}.Read(b.Context(), in, layout, connectortest.SinkFuncs{})
		if err != nil {
			b.Fatal(err)
		}
		records += counts.Records
	}
	b.ReportMetric(float64(records)/(cpuSeconds(b)-before)/1e6, "Mlines/cpu-s")
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
