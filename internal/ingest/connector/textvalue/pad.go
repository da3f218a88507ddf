package textvalue

// padded gives month, day and hour of a time two digits, where they have one:
// 2026-1-31 4:30:21 is 2026-01-31 04:30:21. What is no such time stays as it is.
func padded(text []byte) []byte {
	if len(text) < 8 || text[4] != '-' {
		return text
	}
	out, rest := append(make([]byte, 0, len(text)+3), text[:5]...), text[5:]
	for _, ends := range [...]string{"-", " T", ":"} {
		n := digits(rest)
		if n == 1 {
			out = append(out, '0')
		}
		out, rest = append(out, rest[:n]...), rest[n:]
		if len(rest) == 0 || rest[0] != ends[0] && rest[0] != ends[len(ends)-1] {
			break
		}
		out, rest = append(out, rest[0]), rest[1:]
	}
	return append(out, rest...)
}

// digits counts the digits that a text begins with.
func digits(text []byte) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}
