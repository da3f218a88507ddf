package jsonfile_test

import (
	"bytes"
	"fmt"
	"syscall"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// flatLines are objects as services log them.
func flatLines(rows int) []byte {
	var b bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&b, `{"id":%d,"time":"2024-03-%02dT10:%02d:%02dZ","user":"user-%d","country":"Germany","amount":%d.%02d,"paid":%v,"path":"/shop/item/%d?ref=mail","note":null}`+"\n",
			i, 1+i%28, i%60, i%60, i%5000, i%900, i%100, i%3 == 0, i%977)
	}
	return b.Bytes()
}

// orderLines are objects with a struct and a list, as make bench loads them.
func orderLines(rows int) []byte {
	var b bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&b, `{"id":%d,"placed_at":"2025-01-%02dT00:%02d:%02dZ","customer":{"id":"C%d","country":"United Kingdom"},"quantity":%d,"price":%d.%02d,"paid":true,"note":"leave at the door","tags":[]}`+"\n",
			i, 1+i%28, i%60, i%60, i*7919%500_000, i%100, i*31%10_000, i%100)
	}
	return b.Bytes()
}

func nestedLines(rows int) []byte {
	var b bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&b, `{"id":%d,"customer":{"name":"Anna Müller","address":{"city":"Berlin","zip":"%05d"}},"items":[{"sku":"A%d","qty":%d,"price":%d.5},{"sku":"B","qty":1,"price":9.99}],"tags":["new","mail"]}`+"\n",
			i, i%99999, i%1000, i%7, i%50)
	}
	return b.Bytes()
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

// BenchmarkRead measures bytes of JSON to released Arrow batches, checksum and
// all. Run it with -cpu 1 for the speed of one core.
func BenchmarkRead(b *testing.B) {
	lines := flatLines(100_000)
	array := append([]byte("["), bytes.ReplaceAll(bytes.TrimSpace(lines), []byte("}\n"), []byte("},\n"))...)
	for name, text := range map[string][]byte{"flat": lines, "array": append(array, ']'), "nested": nestedLines(100_000), "orders": orderLines(100_000)} {
		b.Run(name, func(b *testing.B) {
			in, format := connectortest.File("a", text), jsonfile.JSON()
			layout, err := format.Infer(b.Context(), []connector.Input{in}, connector.Request{})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			before := cpuSeconds(b)
			for b.Loop() {
				if _, err := format.Read(b.Context(), in, layout, connectortest.SinkFuncs{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(len(text))/(cpuSeconds(b)-before)/1e6, "MB/cpu-s")
		})
	}
}
