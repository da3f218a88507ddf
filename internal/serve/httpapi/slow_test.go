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
	address := strings.TrimPrefix(s.url, "http://")
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	body := `{"sql":"SELECT a.range FROM range(10000000) a, range(1000000) b","format":"ndjson"}`
	fmt.Fprintf(c, "POST /api/v1/queries HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		address, s.header.Get("Authorization"), len(body), body)
	if got := <-statuses; got != 499 {
		t.Errorf("a stream that nobody took has ended with %d", got)
	}
}
