package pgwire

import (
	"encoding/binary"
	"strings"

	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// arrayLiteral is an array in SQL, from its text: {1,NULL,"a b"}.
func arrayLiteral(k kind, text string) (string, error) {
	bad := fail("22P02", "malformed array literal: %q", text)
	inner, ok := strings.CutPrefix(strings.TrimSpace(text), "{")
	if !ok {
		return "", bad
	}
	if inner, ok = strings.CutSuffix(inner, "}"); !ok {
		return "", bad
	}
	var list []string
	for rest := strings.TrimSpace(inner); rest != ""; {
		item, quoted, after, ok := element(rest)
		if !ok {
			return "", bad
		}
		literal := null(*k.element)
		if quoted || !strings.EqualFold(item, "null") {
			var err error
			if literal, err = textLiteral(*k.element, item); err != nil {
				return "", err
			}
		}
		list = append(list, literal)
		rest = after
	}
	return listed(k, list), nil
}

func listed(k kind, list []string) string {
	if k.element.oid == pgcatalog.Numeric && len(list) > 0 {
		return "[" + strings.Join(list, ", ") + "]" // with all of their digits
	}
	return "CAST([" + strings.Join(list, ", ") + "] AS " + k.engine + ")"
}

// element reads one element of an array, and what is behind its comma. Arrays
// in arrays are not read.
func element(text string) (item string, quoted bool, rest string, ok bool) {
	var b strings.Builder
	i := 0
	if quoted = text[0] == '"'; quoted {
		for i = 1; i < len(text) && text[i] != '"'; i++ {
			if text[i] == '\\' {
				i++
			}
			if i < len(text) {
				b.WriteByte(text[i])
			}
		}
		i++
	} else {
		for ; i < len(text) && text[i] != ','; i++ {
			if strings.IndexByte(`{}"`, text[i]) >= 0 {
				return "", false, "", false
			}
			if text[i] == '\\' {
				i++
			}
			if i < len(text) {
				b.WriteByte(text[i])
			}
		}
	}
	if i > len(text) {
		return "", false, "", false
	}
	rest = strings.TrimSpace(text[i:])
	if item = b.String(); !quoted {
		item = strings.TrimSpace(item)
	}
	if rest == "" {
		return item, quoted, "", true
	}
	after, comma := strings.CutPrefix(rest, ",")
	after = strings.TrimSpace(after)
	return item, quoted, after, comma && after != ""
}

// arrayBinary is an array in SQL, from its bytes.
func arrayBinary(k kind, v []byte) (string, error) {
	bad := fail("22P03", "incorrect binary data format for a parameter of type %s", k.engine)
	if len(v) < 12 {
		return "", bad
	}
	dimensions := binary.BigEndian.Uint32(v)
	if dimensions == 0 {
		return listed(k, nil), nil
	}
	if dimensions != 1 || len(v) < 20 {
		return "", fail("0A000", "arrays of arrays are not supported as parameters")
	}
	count, rest := binary.BigEndian.Uint32(v[12:]), v[20:]
	if uint64(count)*4 > uint64(len(rest)) {
		return "", bad
	}
	list := make([]string, 0, count)
	for range count {
		if len(rest) < 4 {
			return "", bad
		}
		n := int(int32At(rest))
		rest = rest[4:]
		if n < 0 {
			list = append(list, null(*k.element))
			continue
		}
		if n > len(rest) {
			return "", bad
		}
		literal, err := binaryLiteral(*k.element, rest[:n])
		if err != nil {
			return "", err
		}
		list, rest = append(list, literal), rest[n:]
	}
	return listed(k, list), nil
}
