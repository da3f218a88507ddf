package process

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Ten thousand clients that do nothing take some memory each, and nothing else:
// others are served, and the server ends when it is told to.
func TestIdleClientsDisturbNobody(t *testing.T) {
	const wanted, each, beside = 10000, 56 << 10, 32 << 20 // clients, and bytes
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	clients := int(min(wanted, files.Cur-500)) //nolint:gosec // bounded
	limit := strconv.Itoa(wanted + 10)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	s := serve(t, newProject(t), "TARN_SERVE_LIMITS_CONNECTIONS="+limit, "TARN_SERVE_LIMITS_USER_CONNECTIONS="+limit)
	address := regexp.MustCompile(`@([^/]+)/`).FindStringSubmatch(s.postgres)[1]
	database := regexp.MustCompile(`/([^/?]+)\?`).FindStringSubmatch(s.postgres)[1]
	busy := s.sql(ctx, "SELECT 1")
	before := resident(t, s.cmd.Process.Pid)
	var idle []net.Conn
	defer func() {
		for _, c := range idle {
			_ = c.Close()
		}
	}()
	for range clients {
		idle = append(idle, greeted(ctx, t, address, database))
	}
	took := resident(t, s.cmd.Process.Pid) - before
	t.Logf("%d idle clients take %d bytes each", clients, took/clients)
	if took > clients*each+beside {
		t.Errorf("%d idle clients take %d bytes", clients, took)
	}
	var n int
	if err := busy.QueryRow(ctx, "SELECT count(*) FROM range(1000)").Scan(&n); err != nil || n != 1000 {
		t.Error(n, err)
	}
	another, err := pgx.Connect(ctx, s.postgres)
	if err != nil {
		t.Fatal(err)
	}
	_ = another.Close(ctx)
	s.stop() // idle clients are told, and hold nobody up
	end := make([]byte, 1024)
	last := idle[len(idle)-1]
	if n, _ := last.Read(end); !bytes.Contains(end[:n], []byte("57P01")) {
		t.Errorf("an idle client hears %q", end[:n])
	}
	_ = busy.Close(ctx)
}

// greeted is a client that has logged in.
func greeted(ctx context.Context, t *testing.T, address, database string) net.Conn {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	body := "\x00\x03\x00\x00user\x00owner\x00database\x00" + database + "\x00\x00"
	if _, err := fmt.Fprintf(c, "\x00\x00\x00%c%s", len(body)+4, body); err != nil {
		t.Fatal(err)
	}
	var heard []byte
	for part := make([]byte, 4096); !bytes.HasSuffix(heard, []byte("Z\x00\x00\x00\x05I")); {
		n, err := c.Read(part)
		if heard = append(heard, part[:n]...); err != nil {
			t.Fatalf("%v after %q", err, heard)
		}
	}
	return c
}

// resident is how much memory a process holds, in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if rest, is := strings.CutPrefix(line, "VmRSS:"); is {
			kib, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kib << 10
		}
	}
	t.Fatal("no VmRSS")
	return 0
}
