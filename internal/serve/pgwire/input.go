package pgwire

import (
	"bufio"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// input is what a client sends. While a statement runs, somebody looks whether
// the client is still there.
type input struct {
	*bufio.Reader
	net net.Conn
	// woken: the server stops; reading that waits for the client ends.
	woken atomic.Bool
	// rests is told before the client is waited for; nil is nobody.
	rests func()
}

func newInput(nc net.Conn) *input { return &input{Reader: bufio.NewReaderSize(nc, 4096), net: nc} }

// Read reads what the client sends.
func (in *input) Read(b []byte) (int, error) {
	if in.rests != nil && in.Buffered() == 0 {
		in.rests()
	}
	return in.Reader.Read(b)
}

// wake ends the wait for the client's next message.
func (in *input) wake() {
	in.woken.Store(true)
	_ = in.net.SetReadDeadline(time.Now())
}

// waitUntil bounds how long the client may take; the zero time does not.
func (in *input) waitUntil(t time.Time) {
	_ = in.net.SetReadDeadline(t)
	if in.woken.Load() {
		_ = in.net.SetReadDeadline(time.Now())
	}
}

// watch calls gone when the client goes away. Nobody may read until the
// function that it returns was called.
func (in *input) watch(gone func()) (stop func()) {
	done := make(chan struct{})
	var mu sync.Mutex
	stopped := false
	// goOn reports whether the look goes on after it was disturbed: by the
	// server, which lets the statement run on.
	goOn := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if !stopped {
			_ = in.net.SetReadDeadline(time.Time{})
		}
		return !stopped
	}
	go func() {
		defer close(done)
		for goOn() {
			switch _, err := in.Peek(1); {
			case err == nil:
				return // the next message, which waits
			case !errors.Is(err, os.ErrDeadlineExceeded):
				gone()
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		mu.Lock()
		stopped = true
		_ = in.net.SetReadDeadline(time.Now())
		mu.Unlock()
		<-done
		in.waitUntil(time.Time{})
	})
}
