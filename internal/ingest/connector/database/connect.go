package database

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// pauses are waited for between attempts to connect.
var pauses = []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second}

// Retry calls connect until it works, a few times at most, as long as its error
// is one that passes.
func Retry[C any](ctx context.Context, connect func(context.Context) (C, error), passes func(error) bool) (C, error) {
	for attempt := 0; ; attempt++ {
		c, err := connect(ctx)
		if err == nil || attempt == len(pauses) || !passes(err) {
			return c, err
		}
		timer := time.NewTimer(pauses[attempt])
		select {
		case <-ctx.Done():
			timer.Stop()
			return c, err
		case <-timer.C:
		}
	}
}

// EscapeUser returns a connection URL in which what a user or password may not
// have as it is, such as @ or /, is percent-encoded: passwords come from the
// environment as they are. A % with two hexadecimal digits behind it is taken
// for an encoded character.
func EscapeUser(connection string) string {
	scheme, rest, found := strings.Cut(connection, "://")
	at := strings.LastIndexByte(rest, '@')
	if !found || at < 0 {
		return connection
	}
	var b strings.Builder
	b.WriteString(scheme + "://")
	user := rest[:at]
	colons := 0
	for i := range len(user) {
		c := user[i]
		switch {
		case c == ':' && colons == 0:
			colons++
			b.WriteByte(c)
		case c == '%' && i+2 < len(user) && isHex(user[i+1]) && isHex(user[i+2]),
			'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', strings.IndexByte("-._~!$&'()*+,;=", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String() + rest[at:]
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// Duration reads a setting such as 30s or 5m; a bare number is seconds.
func Duration(settings connector.Settings, name string, otherwise time.Duration) (time.Duration, error) {
	text, ok := settings.Text(name)
	if !ok {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "s")
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("option %q: %q is not a time such as 30s or 5m", name, text)
	}
	return d, nil
}
