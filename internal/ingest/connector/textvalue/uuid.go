package textvalue

// IsUUID reports whether text is a UUID: 32 hexadecimal digits in groups of 8,
// 4, 4, 4 and 12.
func IsUUID(text []byte) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range text {
		switch dash := i == 8 || i == 13 || i == 18 || i == 23; {
		case dash && c == '-':
		case !dash && (c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f'):
		default:
			return false
		}
	}
	return true
}
