package accesslog

// write puts the line that was scanned into the batch.
func (r *reader) write(text []byte) {
	row := r.batch.Rows()
	l := &r.scanned
	r.text(row, remoteHost, text, l.texts[hostText])
	r.text(row, identity, text, l.texts[identText])
	r.text(row, remoteUser, text, l.texts[userText])
	r.vectors[moment].Int64s()[row] = l.micros
	if whole := l.texts[requestText]; isDash(text, whole) {
		r.text(row, method, text, absent)
		r.text(row, path, text, absent)
		r.text(row, protocol, text, absent)
	} else {
		parts := split(text, whole)
		r.text(row, method, text, parts.method)
		r.text(row, path, text, parts.path)
		r.text(row, protocol, text, parts.protocol)
	}
	if l.noStatus {
		r.vectors[status].SetNull(row)
	} else {
		r.vectors[status].Int32s()[row] = l.status
	}
	if l.noSize {
		r.vectors[size].SetNull(row)
	} else {
		r.vectors[size].Int64s()[row] = l.size
	}
	from, agent := absent, absent
	if l.combined {
		from, agent = l.texts[referrerText], l.texts[agentText]
	}
	r.text(row, referrer, text, from)
	r.text(row, userAgent, text, agent)
	for _, other := range r.others {
		other.SetNull(row)
	}
	r.batch.Lines()[row] = r.line
}

func isDash(text []byte, p part) bool { return p.hi == p.lo+1 && text[p.lo] == '-' }

// text sets the value of a text column.
func (r *reader) text(row, column int, text []byte, p part) {
	vector := r.vectors[column]
	switch {
	case p.absent() || isDash(text, p):
		vector.SetNull(row)
	case p.escaped:
		r.scratch = unescape(r.scratch[:0], text[p.lo:p.hi])
		vector.SetText(row, r.scratch)
	default:
		vector.CopyText(row, text, p.lo, p.hi)
	}
}

// unescape appends value with \" and \\ made plain.
func unescape(out, value []byte) []byte {
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) && (value[i+1] == '"' || value[i+1] == '\\') {
			i++
		}
		out = append(out, value[i])
	}
	return out
}
