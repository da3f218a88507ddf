package csvfile_test

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// The benchmarks measure bytes of CSV to released Arrow batches, checksum and
// all. Run them with -cpu 1 for the speed of one core.

func BenchmarkShop(b *testing.B) {
	day, err := os.ReadFile("testdata/2010-12-05.csv")
	if err != nil {
		b.Fatal(err)
	}
	header, rows, _ := bytes.Cut(day, []byte("\n"))
	benchmarkRead(b, append(append(bytes.Clone(header), '\n'), bytes.Repeat(rows, (64<<20)/len(rows))...))
}

func BenchmarkWide(b *testing.B) {
	const columns = 200
	var text bytes.Buffer
	for c := range columns {
		fmt.Fprintf(&text, "%s%s_%d", comma(c), []string{"id", "price", "day", "flag", "word"}[c%5], c)
	}
	for row := 0; text.Len() < 64<<20; row++ {
		text.WriteByte('\n')
		for c := range columns {
			text.WriteString(comma(c))
			switch c % 5 {
			case 0:
				fmt.Fprintf(&text, "%d", row*columns+c)
			case 1:
				fmt.Fprintf(&text, "%d.%02d", row%1000, c%100)
			case 2:
				fmt.Fprintf(&text, "20%02d-%02d-%02d", row%30, row%12+1, row%28+1)
			case 3:
				fmt.Fprintf(&text, "%t", row%3 == 0)
			default:
				fmt.Fprintf(&text, "word %d", row%100)
			}
		}
	}
	text.WriteByte('\n')
	benchmarkRead(b, text.Bytes())
}

func BenchmarkQuoted(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("id,name,note\n")
	for row := 0; text.Len() < 64<<20; row++ {
		fmt.Fprintf(&text, "\"%d\",\"name %d\",\"said \"\"yes\"\", and left\"\n", row, row)
	}
	benchmarkRead(b, text.Bytes())
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

func comma(column int) string {
	if column == 0 {
		return ""
	}
	return ","
}

func benchmarkRead(b *testing.B, text []byte) {
	in := connectortest.File("bench.csv", text)
	layout, err := csvfile.Format{}.Infer(b.Context(), []connector.Input{in}, connector.Request{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var records int64
	before := cpuSeconds(b)
	for b.Loop() {
		counts, err := csvfile.Format{}.Read(b.Context(), in, layout, connectortest.SinkFuncs{})
		if err != nil {
			b.Fatal(err)
		}
		if counts.Rejected > 0 {
			b.Fatalf("%d rejects", counts.Rejected)
		}
		records += counts.Written
	}
	cpu := cpuSeconds(b) - before
	b.ReportMetric(float64(records)/cpu/1e6, "Mrows/cpu-s")
	b.ReportMetric(float64(b.N)*float64(len(text))/cpu/1e6, "MB/cpu-s")
}
