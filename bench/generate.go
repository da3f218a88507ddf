package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The test data is made here and is the same every time.

// writeEvents writes a CSV file of orders, of at least size bytes.
func writeEvents(file string, size int64) error {
	countries := []string{"United Kingdom", "France", "Germany", "Norway", "Portugal", "Hong Kong", "EIRE", "Singapore"}
	random := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	return writeFile(file, size, "id,placed_at,customer,country,quantity,price,paid,note\n", func(line []byte, n int) []byte {
		at = at.Add(time.Duration(random.IntN(2000)) * time.Millisecond)
		line = strconv.AppendInt(line, int64(n), 10)
		line = at.AppendFormat(append(line, ','), "2006-01-02 15:04:05.000")
		line = strconv.AppendInt(append(line, ",C"...), int64(random.IntN(500_000)), 10)
		line = append(append(line, ','), countries[random.IntN(len(countries))]...)
		line = strconv.AppendInt(append(line, ','), int64(random.IntN(100)), 10)
		line = strconv.AppendFloat(append(line, ','), float64(random.IntN(1_000_000))/100, 'f', 2, 64)
		line = strconv.AppendBool(append(line, ','), random.IntN(10) > 0)
		if random.IntN(20) == 0 {
			return append(line, `,"please, ring ""twice"""`+"\n"...)
		}
		return append(line, ",leave at the door\n"...)
	})
}

// writeAccessLog writes a log in Apache's combined format, of at least size bytes.
func writeAccessLog(file string, size int64) error {
	random := rand.New(rand.NewPCG(3, 4))
	agents := []string{
		"Mozilla/5.0 (Windows NT 6.1; WOW64; rv:28.0) Gecko/20100101 Firefox/28.0",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36",
	}
	statuses := []int{200, 200, 200, 200, 200, 200, 200, 304, 404, 500}
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	return writeFile(file, size, "", func(line []byte, _ int) []byte {
		at = at.Add(time.Duration(random.IntN(900)) * time.Millisecond)
		return fmt.Appendf(line, "%d.%d.%d.%d - - [%s] \"GET /blog/%d/page-%d.html?from=%d HTTP/1.1\" %d %d \"http://www.example.com/search?q=%d\" \"%s\"\n",
			1+random.IntN(220), random.IntN(256), random.IntN(256), random.IntN(256), at.Format("02/Jan/2006:15:04:05 -0700"),
			random.IntN(20), random.IntN(3000), random.IntN(100), statuses[random.IntN(len(statuses))], random.IntN(100_000),
			random.IntN(10_000), agents[random.IntN(len(agents))])
	})
}

// writeJavaLog writes a log as Log4j's pattern "%d [%t] %-5level %logger - %msg%n"
// does, of at least size bytes; one record in five has a stack trace with a cause.
func writeJavaLog(file string, size int64) error {
	random := rand.New(rand.NewPCG(7, 8))
	loggers := []string{"org.example.shop.Checkout", "org.example.shop.stock.Warehouse", "org.springframework.web.servlet.DispatcherServlet", "com.zaxxer.hikari.pool.HikariPool"}
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	frames := func(line []byte, n int) []byte {
		for range n {
			line = fmt.Appendf(line, "\tat org.example.shop.stock.Service%d.handle(Service%d.java:%d)\n", random.IntN(40), random.IntN(40), random.IntN(900))
		}
		return line
	}
	return writeFile(file, size, "", func(line []byte, n int) []byte {
		at = at.Add(time.Duration(random.IntN(300)) * time.Millisecond)
		failed := random.IntN(5) == 0
		level := "INFO "
		if failed {
			level = "ERROR"
		}
		line = fmt.Appendf(line, "%s [http-nio-8080-exec-%d] %s %s - order %d of customer C%d took %d ms\n",
			at.Format("2006-01-02 15:04:05,000"), random.IntN(200), level, loggers[random.IntN(len(loggers))], n, random.IntN(500_000), random.IntN(3000))
		if failed {
			line = frames(fmt.Appendf(line, "java.lang.IllegalStateException: cannot place order %d\n", n), 12+random.IntN(20))
			line = frames(fmt.Appendf(line, "Caused by: java.sql.SQLTransientConnectionException: pool %d is exhausted\n", random.IntN(8)), 4+random.IntN(6))
			line = fmt.Appendf(line, "\t... %d more\n", 8+random.IntN(20))
		}
		return line
	})
}

// writeFile writes lines until the file has the size.
func writeFile(file string, size int64, head string, next func(line []byte, n int) []byte) error {
	return writeWhile(file, head, next, func(written int64, _ int) bool { return written < size })
}

// writeLines writes so many lines.
func writeLines(file, head string, lines int, next func(line []byte, n int) []byte) error {
	return writeWhile(file, head, next, func(_ int64, n int) bool { return n <= lines })
}

func writeWhile(file, head string, next func(line []byte, n int) []byte, more func(written int64, n int) bool) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	written, err := w.WriteString(head)
	if err != nil {
		return err
	}
	total := int64(written)
	var line []byte
	for n := 1; more(total, n); n++ {
		line = next(line[:0], n)
		if _, err := w.Write(line); err != nil {
			return err
		}
		total += int64(len(line))
	}
	return w.Flush()
}

// countLines counts the lines of a file.
func countLines(file string) (lines float64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		chunk, err := r.ReadSlice('\n')
		if len(chunk) > 0 && chunk[len(chunk)-1] == '\n' {
			lines++
		}
		switch {
		case errors.Is(err, io.EOF):
			return lines, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return 0, err
		}
	}
}

// writeModels writes a project of n models that all have 100 to 1,000 rows:
// views that make them, then tables in layers of fifty, each joining three
// models of the layer before.
func writeModels(dir string, n int) error {
	random := rand.New(rand.NewPCG(5, 6))
	for i := range n {
		sql := sourceModel(i, 100+random.IntN(901))
		if i >= modelLayer {
			from := i - i%modelLayer - modelLayer
			sql = joinModel(from+random.IntN(modelLayer), from+random.IntN(modelLayer), from+random.IntN(modelLayer))
		}
		if err := writeProjectFile(dir, fmt.Sprintf("models/layer_%02d/model_%04d.sql", i/modelLayer, i), sql); err != nil {
			return err
		}
	}
	return writeProjectFile(dir, "dbt_project.yml", "name: many\nversion: '1.0'\nprofile: many\n")
}

// modelLayer is how many models do not depend on each other.
const modelLayer = 50

func sourceModel(i, rows int) string {
	return fmt.Sprintf(`{{ config(materialized='view', tags=['generated']) }}
select range as n, (range * 7 + %d) %% 13 as kind, 'label ' || range as label, (range * 31 %% 1000)::double as amount
from range(%d)
`, i, rows)
}

func joinModel(a, b, c int) string {
	return fmt.Sprintf(`{{ config(materialized='table') }}
select a.n, coalesce(b.kind, a.kind) as kind, a.label, (a.amount + coalesce(b.amount, 0)) / 2 as amount
from {{ ref('model_%04d') }} as a
left join {{ ref('model_%04d') }} as b using (n)
where a.n not in (select n from {{ ref('model_%04d') }} where amount < 0)
`, a, b, c)
}

func writeProjectFile(dir, name, content string) error {
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(content), 0o644)
}
