//go:build duckdb_arrow

package duckdb_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
)

// resident returns the memory of the process in bytes.
func resident(t testing.TB) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(status) {
		if f := strings.Fields(string(line)); f[0] == "VmRSS:" {
			kb, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

func TestLargeResultsStreamInBoundedMemory(t *testing.T) {
	const want = 100_000_000
	s := open(t, engine.Options{MemoryLimit: 512 << 20, Threads: 2})
	before := resident(t)
	r, err := s.Query(t.Context(), "SELECT range AS a, range::DOUBLE AS b FROM range(100000000)")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var n, peak, batches int64
	for r.Next() {
		if first := r.RecordBatch().Column(0).(*array.Int64).Value(0); first != n {
			t.Fatalf("row %d comes as row %d", first, n)
		}
		n += r.RecordBatch().NumRows()
		if batches++; batches%1000 == 0 {
			peak = max(peak, resident(t))
		}
	}
	if err := r.Err(); err != nil || n != want {
		t.Errorf("%d rows, want %d; %v", n, want, err)
	}
	t.Logf("%d batches, memory grew by %d MB", batches, (peak-before)>>20)
	if grew := peak - before; grew > 300<<20 {
		t.Errorf("memory grew by %d MB", grew>>20)
	}
}

func TestErrorsInMidStreamSurface(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	r, err := s.Query(t.Context(), "SELECT CASE WHEN range = 5000000 THEN error('five million') ELSE range END FROM range(10000000)")
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for r.Next() {
		n += r.RecordBatch().NumRows()
	}
	if n == 0 || n >= 10_000_000 {
		t.Errorf("%d rows before the error", n)
	}
	var e *engine.Error
	if err := r.Err(); !errors.As(err, &e) || e.Message != "five million" {
		t.Errorf("Err = %v", err)
	}
	r.Release()
	if _, err := rows(t, s, "SELECT 1"); err != nil {
		t.Errorf("the session after a failed stream: %v", err)
	}
}

// endless never produces a row; endlessStream never stops producing them.
const (
	endless       = "SELECT count(*) FROM range(100000000000) a, range(1000) b WHERE a.range % 7 = b.range"
	endlessStream = "SELECT a.range, b.range FROM range(100000000000) a, range(1000) b"
)

func TestCancellingInterruptsBeforeTheFirstRow(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	for name, run := range map[string]func(context.Context) error{
		"query": func(ctx context.Context) error { _, err := s.Query(ctx, endless); return err },
		"exec":  func(ctx context.Context) error { _, err := s.Exec(ctx, endless); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		start := time.Now()
		if err := run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %v to stop", name, d)
		}
		if _, err := rows(t, s, "SELECT 1"); err != nil {
			t.Errorf("the session after a cancelled %s: %v", name, err)
		}
	}
}

func TestCancellingInterruptsTheStream(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := s.Query(ctx, endlessStream)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for n := 0; r.Next(); n++ {
		if n == 100 {
			cancel()
		}
	}
	if err := r.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("Err = %v", err)
	}
}

func TestCancellingInterruptsAWaitingFetch(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	// The first rows come at once, the next never.
	r, err := s.Query(ctx, "SELECT range FROM range(100000000000) WHERE range < 10000000 OR sqrt(range) < 0")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
	}
	if err := r.Err(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Err = %v", err)
	}
}

func TestReleasingEarlyFreesTheSession(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	r, err := s.Query(t.Context(), endlessStream)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Next() {
		t.Fatal(r.Err())
	}
	if _, err := s.Query(t.Context(), "SELECT 1"); !errors.Is(err, engine.ErrBusy) {
		t.Errorf("a second query beside an open result: %v", err)
	}
	start := time.Now()
	r.Release()
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("releasing took %v", d)
	}
	if _, err := rows(t, s, "SELECT 1"); err != nil {
		t.Errorf("after release: %v", err)
	}
}

func TestLateCancellationDoesNotHitTheNextStatement(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	for range 300 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if _, err := s.Exec(ctx, "SELECT 1"); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if _, err := s.Exec(t.Context(), "SELECT 2"); err != nil {
			t.Fatalf("the statement after a cancelled one: %v", err)
		}
		cancel()
	}
}

func TestOpenAndCloseDoNotLeak(t *testing.T) {
	round := func() {
		s := open(t, engine.Options{Threads: 2})
		for range 50 {
			r, err := s.Query(t.Context(), "SELECT range, range::VARCHAR FROM range(5000)")
			if err != nil {
				t.Fatal(err)
			}
			r.Next()
			r.Release()
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	round()
	before := resident(t)
	for range 10 {
		round()
	}
	if grew := resident(t) - before; grew > 200<<20 {
		t.Errorf("memory grew by %d MB in 10 rounds", grew>>20)
	}
}
