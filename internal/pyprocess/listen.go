package pyprocess

import (
	"bytes"
	"strings"
	"sync"
)

const (
	// longestLine is where a line that does not end is cut.
	longestLine = 16 << 10
	// keptLines is how much is kept of what a process said last.
	keptLines = 20
)

// listener cuts what a process prints into lines, and keeps the last of them.
type listener struct {
	say func(line string)

	mu   sync.Mutex
	rest []byte
	last []string
}

// Write implements [io.Writer].
func (l *listener) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, b...)
	for {
		end := bytes.IndexByte(l.rest, '\n')
		switch {
		case end >= 0:
			l.line(l.rest[:end])
			l.rest = l.rest[end+1:]
		case len(l.rest) > longestLine:
			l.line(l.rest)
			l.rest = nil
		default:
			return len(b), nil
		}
	}
}

// flush ends a line that was begun.
func (l *listener) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.line(l.rest)
		l.rest = nil
	}
}

// line passes on what a terminal would show of a line: a bar of progress is
// drawn over itself, again and again.
func (l *listener) line(b []byte) {
	b = bytes.TrimRight(b, "\r")
	text := strings.ToValidUTF8(string(b[bytes.LastIndexByte(b, '\r')+1:]), "�")
	l.last = append(l.last, text)
	if len(l.last) > keptLines {
		l.last = l.last[1:]
	}
	if l.say != nil {
		l.say(text)
	}
}

// end is what was said last.
func (l *listener) end() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(strings.Join(l.last, "\n"))
}
