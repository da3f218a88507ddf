package javalog

import "bytes"

// splitStack parts what stands behind a record's head into the message and the
// stack trace below it: from the first line on that names an exception, or that
// is a frame. The line end between them belongs to neither.
func splitStack(text []byte) (msg, stack []byte) {
	at := bytes.IndexByte(text, '\n') + 1
	for at > 0 && at < len(text) {
		line, rest, _ := bytes.Cut(text[at:], []byte("\n"))
		if isFrame(line) || namesException(line, rest) {
			return bytes.TrimRight(text[:at], "\n"), text[at:]
		}
		if len(line) == len(text)-at {
			break
		}
		at += len(line) + 1
	}
	return text, nil
}

// isFrame reports whether a line is one below an exception's name.
func isFrame(line []byte) bool {
	rest := bytes.TrimLeft(line, " \t")
	if len(rest) == len(line) {
		return bytes.HasPrefix(line, []byte("Caused by: ")) || bytes.HasPrefix(line, []byte("Wrapped by: "))
	}
	return bytes.HasPrefix(rest, []byte("at ")) && bytes.IndexByte(rest, '(') > 0 ||
		bytes.HasPrefix(rest, []byte("... ")) && (bytes.HasSuffix(rest, []byte(" more")) || bytes.HasSuffix(rest, []byte(" omitted"))) ||
		bytes.HasPrefix(rest, []byte("Suppressed: "))
}

// namesException reports whether a line names an exception: by a class whose
// name ends as those of exceptions do, or any class if a frame follows.
func namesException(line, rest []byte) bool {
	class, _, ok := exception(line)
	if !ok {
		return false
	}
	for _, end := range []string{"Exception", "Error", "Throwable"} {
		if bytes.HasSuffix(class, []byte(end)) {
			return true
		}
	}
	next, _, _ := bytes.Cut(rest, []byte("\n"))
	return isFrame(next) && next[0] <= ' '
}

// exception reads the class and the message that a stack trace begins with:
// java.io.IOException: disk full. The message may have several lines, and is nil
// where there is none.
func exception(stack []byte) (class, msg []byte, ok bool) {
	if after, found := bytes.CutPrefix(stack, []byte(`Exception in thread "`)); found {
		if i := bytes.Index(after, []byte(`" `)); i >= 0 {
			stack = after[i+2:]
		}
	}
	n, dots := 0, 0
	for n < len(stack) && isNameByte(stack[n]) {
		if stack[n] == '.' {
			dots++
		}
		n++
	}
	class = stack[:n]
	if dots == 0 || class[0] == '.' || class[0]-'0' <= 9 || class[n-1] == '.' {
		return nil, nil, false
	}
	last := class[bytes.LastIndexByte(class, '.')+1]
	rest := stack[n:]
	switch {
	case last < 'A' || 'Z' < last && last < 0x80:
		return nil, nil, false
	case len(rest) == 0 || rest[0] == '\n':
		return class, nil, true
	case rest[0] != ':':
		return nil, nil, false
	}
	rest = rest[1:]
	end := 0
	for end < len(rest) {
		line, _, _ := bytes.Cut(rest[end:], []byte("\n"))
		if end > 0 && isFrame(line) {
			break
		}
		end += len(line) + 1
	}
	return class, bytes.TrimSpace(rest[:min(end, len(rest))]), true
}

func isNameByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || c-'0' <= 9 || c == '.' || c == '_' || c == '$' || c >= 0x80
}
