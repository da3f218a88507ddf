package javalog_test

import (
	"bytes"
	"os"
	"syscall"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/javalog"
)

// BenchmarkRead measures bytes of a log with stack traces to released Arrow
// batches, checksum and all. Run it with -cpu 1 for the speed of one core.
func BenchmarkRead(b *testing.B) {
	excerpt, err := os.ReadFile("testdata/log4j_default.log")
	if err != nil {
		b.Fatal(err)
	}
	log := bytes.Repeat(excerpt, (64<<20)/len(excerpt))
	in := connectortest.File("bench.log", log)
	layout, err := javalog.New().Infer(b.Context(), []connector.Input{in}, connector.Request{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	var lines int64
	before := cpuSeconds(b)
	for b.Loop() {
		counts, err := javalog.New().Read(b.Context(), in, layout, connectortest.SinkFuncs{})
		if err != nil {
			b.Fatal(err)
		}
		lines += counts.Lines
	}
	b.ReportMetric(float64(lines)/(cpuSeconds(b)-before)/1e6, "Mlines/cpu-s")
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
