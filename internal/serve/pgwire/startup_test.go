package pgwire

import (
	"net"
	"testing"
)

type from struct {
	net.Conn
	address net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.address }

// Where there is a certificate, only clients of this machine may do without it.
func TestWhoIsOnThisMachine(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1": true, "127.8.0.1": true, "::1": true, "::ffff:127.0.0.1": true, "192.0.2.1": false, "::ffff:10.0.0.1": false, "fe80::1": false} {
		if got := local(from{address: &net.TCPAddr{IP: net.ParseIP(address), Port: 1}}); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}
