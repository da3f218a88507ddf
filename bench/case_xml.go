package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"
)

const (
	xmlFile = "orders.xml"
	xmlSize = 400e6
)

// xml loads one document.
var xml = benchCase{
	name:  "xml",
	about: "an XML document of 400 MB, orders with their lines, into a committed table, on one core; the peer only counts elements",
	aim:   "as many MB/s as can be",
	prepare: func(ctx context.Context, l *lab) error {
		if err := peers(ctx, l); err != nil {
			return err
		}
		return l.data(xmlFile, func(file string) error { return writeOrdersXML(file, xmlSize) })
	},
	amount: func(l *lab) float64 {
		info, err := os.Stat(l.dataFile(xmlFile))
		if err != nil {
			return 0
		}
		return float64(info.Size()) / 1e6
	},
	unit: "MB/s",
	sides: []side{
		{
			name: "tarn ingest",
			reset: func(l *lab, dir string) error {
				return writeIngest(l, dir, xmlFile, "\n    format: xml\n    record: order\n")
			},
			command: func(l *lab, dir string) command {
				return command{
					args: []string{l.tarn, "ingest", "--project-dir", dir}, oneCore: true,
					env: []string{"GOMAXPROCS=1", "TARN_ENGINE_THREADS=1"},
				}
			},
			check: func(ctx context.Context, l *lab, dir string) error {
				orders, err := countOrders(l.dataFile(xmlFile))
				if err != nil {
					return err
				}
				return expect("SELECT count(*) FROM raw.records", strconv.Itoa(orders))(ctx, l, dir)
			},
		},
		{
			name: "expat counting elements",
			command: func(l *lab, _ string) command {
				return command{args: l.script("peer/count_xml.py", l.dataFile(xmlFile), "order"), oneCore: true}
			},
		},
	},
}

// writeOrdersXML writes a document of orders, each element on a line of its own.
func writeOrdersXML(file string, size int64) error {
	random := rand.New(rand.NewPCG(3, 4))
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	err := writeFile(file, size, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<orders xmlns=\"urn:example:orders\">\n", func(line []byte, n int) []byte {
		at = at.Add(time.Duration(random.IntN(2000)) * time.Millisecond)
		line = fmt.Appendf(line, "  <order id=\"%d\" placed=\"%s\">\n    <customer country=\"GB\">C%d</customer>\n", n, at.Format(time.RFC3339), random.IntN(500_000))
		for i := range 1 + random.IntN(4) {
			line = fmt.Appendf(line, "    <line number=\"%d\">\n      <article>%d</article>\n      <quantity>%d</quantity>\n      <price>%.2f</price>\n    </line>\n",
				i+1, random.IntN(90_000), random.IntN(100), float64(random.IntN(1_000_000))/100)
		}
		return append(line, "    <note>leave at the door &amp; ring twice</note>\n  </order>\n"...)
	})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteString("</orders>\n"); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

func countOrders(file string) (int, error) {
	content, err := os.ReadFile(file)
	return bytes.Count(content, []byte("</order>")), err
}
