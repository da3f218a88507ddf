package pgwire

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// null is NULL of a type.
func null(k kind) string { return "CAST(NULL AS " + k.engine + ")" }

// literals writes the parameters that a client sends in SQL.
func literals(kinds []kind, values [][]byte, formats []int16) ([]string, error) {
	if len(values) != len(kinds) {
		return nil, fail("08P01", "bind message supplies %d parameters, but the prepared statement requires %d", len(values), len(kinds))
	}
	if len(formats) > 1 && len(formats) != len(values) {
		return nil, fail("08P01", "there are %d formats for %d parameters", len(formats), len(values))
	}
	list := make([]string, len(values))
	for i, v := range values {
		text, isNull, err := "", v == nil, error(nil)
		switch format := formatOf(formats, i); {
		case isNull:
		case format == 0:
			text, err = textLiteral(kinds[i], string(v))
		case format == 1:
			text, err = binaryLiteral(kinds[i], v)
		default:
			err = fail("22023", "the format %d is not known", format)
		}
		if err != nil {
			return nil, err
		}
		if list[i] = text; isNull {
			list[i] = null(kinds[i])
		}
	}
	return list, nil
}

var plainNumber = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)$`)

// textLiteral is a value of a type in SQL, from its text.
func textLiteral(k kind, text string) (string, error) {
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return "", fail("22021", "invalid byte sequence for encoding \"UTF8\"")
	}
	switch {
	case k.element != nil:
		return arrayLiteral(k, text)
	case k.oid == pgcatalog.Bool:
		value, ok := truth(strings.TrimSpace(text))
		if !ok {
			return "", fail("22P02", "invalid input syntax for type boolean: %q", text)
		}
		return strings.ToUpper(strconv.FormatBool(value)), nil
	case k.oid == pgcatalog.Bytea:
		b, err := bytesOf(text)
		return blob(b), err
	case k.oid == pgcatalog.Numeric:
		return numericLiteral(strings.TrimSpace(text))
	case k.isDated():
		text = engineEra(text)
	}
	return cast(text, k), nil
}

func cast(text string, k kind) string { return "CAST(" + ident.Literal(text) + " AS " + k.engine + ")" }

// numericLiteral keeps all of a number's digits.
func numericLiteral(text string) (string, error) {
	text = withoutExponent(text)
	digits := strings.ReplaceAll(strings.TrimLeft(text, "+-"), ".", "")
	switch {
	case plainNumber.MatchString(text) && len(digits) <= 38:
		_, fraction, _ := strings.Cut(text, ".")
		return fmt.Sprintf("CAST(%s AS DECIMAL(%d,%d))", ident.Literal(text), len(digits), len(fraction)), nil
	case plainNumber.MatchString(text):
		return "", fail("22003", "the number %s has more than 38 digits", text)
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return "", fail("22P02", "invalid input syntax for type numeric: %q", text)
	}
	return "CAST(" + ident.Literal(text) + " AS DOUBLE)", nil
}

// bytesOf reads bytes as text has them: \x and hex digits, or with escapes.
func bytesOf(text string) ([]byte, error) {
	bad := fail("22P02", "invalid input syntax for type bytea")
	if digits, isHex := strings.CutPrefix(text, `\x`); isHex {
		b, err := hex.DecodeString(digits)
		if err != nil {
			return nil, bad
		}
		return b, nil
	}
	var b []byte
	for rest := text; rest != ""; {
		switch {
		case rest[0] != '\\':
			b, rest = append(b, rest[0]), rest[1:]
		case strings.HasPrefix(rest, `\\`):
			b, rest = append(b, '\\'), rest[2:]
		case len(rest) < 4:
			return nil, bad
		default:
			n, err := strconv.ParseUint(rest[1:4], 8, 8)
			if err != nil {
				return nil, bad
			}
			b, rest = append(b, byte(n)), rest[4:]
		}
	}
	return b, nil
}

func blob(b []byte) string {
	var out strings.Builder
	out.WriteString("CAST('")
	for _, c := range b {
		fmt.Fprintf(&out, `\x%02X`, c)
	}
	return out.String() + "' AS BLOB)"
}

// binaryLiteral is a value of a type in SQL, from its bytes.
func binaryLiteral(k kind, v []byte) (string, error) {
	switch {
	case k.element != nil:
		return arrayBinary(k, v)
	case k.oid == pgcatalog.Bytea:
		return blob(v), nil
	}
	text, err := binaryText(k, v)
	if err != nil {
		return "", err
	}
	return textLiteral(k, text)
}

// binaryText is a value of a type as text, from its bytes; of bytes and arrays
// it is not.
func binaryText(k kind, v []byte) (string, error) {
	bad := fail("22P03", "incorrect binary data format for a value of type %s", k.engine)
	if want, sized := binarySizes[k.oid]; sized && len(v) != want {
		return "", bad
	}
	switch k.oid {
	case pgcatalog.Bool:
		return strconv.FormatBool(v[0] != 0), nil
	case pgcatalog.Int2:
		return strconv.Itoa(int(int16(binary.BigEndian.Uint16(v)))), nil //nolint:gosec // two's complement
	case pgcatalog.Int4:
		return strconv.Itoa(int(int32At(v))), nil
	case pgcatalog.Int8:
		return strconv.FormatInt(int64At(v), 10), nil
	case pgcatalog.Oid, pgcatalog.Xid, pgcatalog.Regclass, pgcatalog.Regtype, pgcatalog.Regproc:
		return strconv.FormatUint(uint64(binary.BigEndian.Uint32(v)), 10), nil
	case pgcatalog.Float4:
		return string(appendFloat(nil, float64(math.Float32frombits(binary.BigEndian.Uint32(v))), 32, 1e6)), nil
	case pgcatalog.Float8:
		return string(appendFloat(nil, math.Float64frombits(binary.BigEndian.Uint64(v)), 64, 1e15)), nil
	case pgcatalog.Numeric:
		text, ok := numericOf(v)
		if !ok {
			return "", bad
		}
		return text, nil
	case pgcatalog.UUID:
		return hex.EncodeToString(v), nil
	case pgcatalog.JSONB:
		if len(v) == 0 || v[0] != 1 {
			return "", bad
		}
		return string(v[1:]), nil
	}
	if text, isTime := timeOf(k.oid, v); isTime {
		return text, nil
	}
	return string(v), nil
}

var binarySizes = map[uint32]int{pgcatalog.Bool: 1, pgcatalog.Int2: 2, pgcatalog.Int4: 4, pgcatalog.Int8: 8, pgcatalog.Oid: 4, pgcatalog.Xid: 4, pgcatalog.Regclass: 4, pgcatalog.Regtype: 4, pgcatalog.Regproc: 4,
	pgcatalog.Float4: 4, pgcatalog.Float8: 8, pgcatalog.UUID: 16, pgcatalog.Date: 4, pgcatalog.Time: 8, pgcatalog.Timestamp: 8, pgcatalog.TimestampTZ: 8, pgcatalog.Interval: 16}

func int32At(v []byte) int32 { return int32(binary.BigEndian.Uint32(v)) } //nolint:gosec // two's complement
func int64At(v []byte) int64 { return int64(binary.BigEndian.Uint64(v)) } //nolint:gosec // two's complement

// numericOf reads digits of base 10,000.
func numericOf(v []byte) (string, bool) {
	if len(v) < 8 {
		return "", false
	}
	count, weight := int(binary.BigEndian.Uint16(v)), int(int16(binary.BigEndian.Uint16(v[2:]))) //nolint:gosec // two's complement
	sign, scale := binary.BigEndian.Uint16(v[4:]), int(binary.BigEndian.Uint16(v[6:]))
	switch {
	case sign == 0xC000:
		return "NaN", true
	case sign == 0xD000:
		return "Infinity", true
	case sign == 0xF000:
		return "-Infinity", true
	case len(v) != 8+2*count || count > 64 || weight > 64 || weight < -64 || scale > 256:
		return "", false
	}
	n := new(big.Int)
	for i := range count {
		n.Mul(n, big.NewInt(10000)).Add(n, big.NewInt(int64(binary.BigEndian.Uint16(v[8+2*i:]))))
	}
	// The value is n × 10,000^(weight-count+1), with so many digits after the point.
	exponent := 4 * (weight - count + 1)
	ten := big.NewInt(10)
	if shift := exponent + scale; shift >= 0 {
		n.Mul(n, new(big.Int).Exp(ten, big.NewInt(int64(shift)), nil))
	} else {
		n.Quo(n, new(big.Int).Exp(ten, big.NewInt(int64(-shift)), nil))
	}
	digits := n.String()
	if scale > 0 {
		digits = strings.Repeat("0", max(0, scale+1-len(digits))) + digits
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if sign == 0x4000 {
		digits = "-" + digits
	}
	return digits, true
}
