package accesslog

import "bytes"

// request is what a request line holds; hi < lo is NULL.
type request struct {
	method, path, protocol part
}

var absent = part{lo: 1, hi: 0}

func (p part) absent() bool { return p.hi < p.lo }

// split takes a request line apart: `GET /path HTTP/1.1`, or `GET /path` as
// before HTTP/1.0. What is neither is all path.
func split(text []byte, whole part) request {
	lo, hi := whole.lo, whole.hi
	garbage := request{absent, whole, absent}
	first := bytes.IndexByte(text[lo:hi], ' ')
	if first <= 0 || !isMethod(text[lo:lo+first]) {
		return garbage
	}
	r := request{method: part{lo: lo, hi: lo + first}, protocol: absent}
	r.path = part{lo: lo + first + 1, hi: hi, escaped: whole.escaped}
	if last := bytes.LastIndexByte(text[r.path.lo:hi], ' '); last >= 0 {
		at := r.path.lo + last
		if !bytes.HasPrefix(text[at+1:hi], []byte("HTTP/")) {
			return garbage
		}
		r.protocol = part{lo: at + 1, hi: hi, escaped: whole.escaped}
		r.path.hi = at
	}
	if r.path.lo >= r.path.hi {
		return garbage
	}
	return r
}

// isMethod reports whether a word could be a method: capital letters, as all
// that are registered have, with dashes and underscores.
func isMethod(word []byte) bool {
	for _, c := range word {
		if (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return 'A' <= word[0] && word[0] <= 'Z'
}
