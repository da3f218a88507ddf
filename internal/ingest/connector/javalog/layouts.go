package javalog

import (
	"bytes"
	"context"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

// knownPatterns are what is tried where no pattern is declared; of several that
// fit, the first. Each is tried with each of knownDates for its time.
var knownPatterns = []string{
	"%d %p %pid --- [%property{application}] [%t] %c : %m",                               // Spring Boot with an application's name
	"%d %p %pid --- [%t] %c : %m",                                                        // Spring Boot
	"%d [myid:%X{myid}] - %p [%t:%C@%L] - %m",                                            // ZooKeeper
	"%d [%t] %p %c - %m",                                                                 // Log4j 2 and Logback by default
	"%d [%t] %p %c{1}:%L - %m",                                                           // the same, with lines
	"%d [%t] %p %c -- %m",                                                                // Logback since 1.3
	"%d [%t] %p %c: %m", "%d %p [%t] %c - %m", "%d %p [%t] %c: %m", "%d %p [%c] (%t) %m", // the last: WildFly
	"%d %p [%t] %C.%M %m", // Tomcat
	"%d %p [%c] [%t] %m", "%d %p [%c] %m", "%d [%t] %p %m",
	"[%d][%p][%c] [%property{node}] %m", // Elasticsearch, OpenSearch
	"[%d] [%t] %p %c - %m", "[%d] %p [%t] %c - %m", "[%d] [%p] [%t] %c - %m",
	"[%d] %p %m (%c)", "[%d] %p %c: %m", "[%d] %p %m", // the first: Kafka
	"%d %p %c:%L - %m", // Log4j 1's usual file
	"%d %p %c - %m",    // the same without lines
	"%d %p %c: %m",     // Hadoop, Spark
	"%d %c %M%n%p: %m", // java.util.logging
	"%d - %p - %m", "%d %p - %m", "%d %p: %m", "%d [%p] %m", "%d %p %m",
	"%r [%t] %p %c - %m", "%r [%t] %p %c %x - %m", // Log4j 1's TTCC
}

// knownDates are how times are written; the first is any form of ISO 8601.
var knownDates = []string{"", "yy/MM/dd HH:mm:ss", "dd-MMM-yyyy HH:mm:ss.SSS", "dd MMM yyyy HH:mm:ss,SSS", "MMM d, yyyy h:mm:ss a", "HH:mm:ss.SSS", "HH:mm:ss,SSS"}

const (
	// headSize is how much of a file is looked at.
	headSize = 64 << 10
	// headLines is how many of its lines.
	headLines = 2000
)

// known returns the layouts of knownPatterns and knownDates. They are compiled
// when the first log is looked at, not when the program starts.
var known = sync.OnceValue(func() (all []*layout) {
	for _, pattern := range knownPatterns {
		for _, date := range knownDates {
			l, err := compile(strings.Replace(pattern, "%d", "%d{"+date+"}", 1))
			if err != nil {
				panic(err) // a constant of this file
			}
			l.strict = true
			all = append(all, l)
			if !strings.Contains(pattern, "%d") {
				break
			}
		}
	}
	return all
})

// find returns the layout of an input's first lines: the first that at least
// nine of ten have of those that the best one fits.
func find(ctx context.Context, s *textlog.Source, in connector.Input) (*layout, error) {
	head, err := s.Head(ctx, in, headSize)
	if err != nil {
		return nil, err
	}
	all := known()
	best, counts := 0, make([]int, len(all))
	for i, l := range all {
		counts[i] = l.count(head)
		best = max(best, counts[i])
	}
	for i, n := range counts {
		if n > 0 && n*10 >= best*9 {
			return all[i], nil
		}
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return all[0], nil
	}
	return nil, diag.New("log-layout", diag.Place{File: in.Name}, "none of the first lines has a layout that is known here; the first is %.100q", head[:lineEnd(head)]).
		WithHint("declare pattern: as the program's logging configuration has it, such as %q", "%d %-5level [%thread] %logger - %msg%n")
}

// count counts the records of a text that have the layout.
func (l *layout) count(text []byte) (n int) {
	m := l.newMatch()
	start := -1 // of the record that is being looked at
	for at, lines := 0, 0; at < len(text) && lines < headLines; lines++ {
		end := at + lineEnd(text[at:])
		if _, d := l.head(text[at:end], l.anchor, m); d == nil {
			n += l.fits(text, start, at, m)
			start = at
		}
		next := bytes.IndexByte(text[at:], '\n') + 1
		if next == 0 {
			next = len(text) - at
		}
		at += next
		if at == len(text) || lines == headLines-1 {
			n += l.fits(text, start, at, m)
		}
	}
	return n
}

// fits is 1 where text[lo:hi] is a record of the layout; lo is -1 for none.
func (l *layout) fits(text []byte, lo, hi int, m *match) int {
	if lo < 0 {
		return 0
	}
	record := bytes.TrimRight(text[lo:hi], "\r\n")
	at, d := l.head(record, len(l.before), m)
	if d == nil {
		msg, _ := splitStack(record[at:])
		_, d = l.tail(msg, m)
	}
	if d != nil {
		return 0
	}
	return 1
}

func (l *layout) newMatch() *match {
	return &match{before: make([]part, len(l.before)), behind: make([]part, len(l.behind))}
}
