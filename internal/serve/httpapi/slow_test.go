//go:build duckdb_arrow

package httpapi_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/serve/httpapi"
)

func TestAClientThatTakesNothingIsLetGo(t *testing.T) {
	statuses := make(chan int, 10)
	s := newServer(t, func(o *httpapi.Options) {
		o.Limits.Write = 50 * time.Millisecond
		o.Observe = func(_ string, status int, _ time.Duration) { statuses <- status }
	})
	s.untaken()
	if got := <-statuses; got != 499 {
		t.Errorf("a stream that nobody took has ended with %d", got)
	}
}

// untaken asks for a stream without end on a connection of its own, of which
// nobody takes anything but who reads from it.
func (s *server) untaken() net.Conn {
	s.t.Helper()
	address := strings.TrimPrefix(s.url, "http://")
	var dialer net.Dialer
	c, err := dialer.DialContext(s.t.Context(), "tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	body := `{"sql":"SELECT a.range FROM range(10000000) a, range(1000000) b","format":"ndjson"}`
	fmt.Fprintf(c, "POST /api/v1/queries HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		address, s.header.Get("Authorization"), len(body), body)
	return c
}
