package pgwire

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// listText writes a list as an array: {1,NULL,"a b"}.
func listText(a array.ListLike, element writer) writer {
	values := a.ListValues()
	var scratch []byte
	return func(b []byte, i int) []byte {
		start, end := a.ValueOffsets(i)
		b = append(b, '{')
		for j := start; j < end; j++ {
			if j > start {
				b = append(b, ',')
			}
			if values.IsNull(int(j)) {
				b = append(b, "NULL"...)
				continue
			}
			scratch = element(scratch[:0], int(j))
			b = appendElement(b, scratch)
		}
		return append(b, '}')
	}
}

// appendElement writes an element of an array, in quotes where it needs them.
func appendElement(b, text []byte) []byte {
	if len(text) > 0 && !strings.EqualFold(string(text), "null") && !slices.ContainsFunc(text, func(c byte) bool {
		return strings.IndexByte("{},\"\\ \t\n\r\v\f", c) >= 0
	}) {
		return append(b, text...)
	}
	b = append(b, '"')
	for _, c := range text {
		if c == '"' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return append(b, '"')
}

// listBinary writes a list as an array of one dimension.
func listBinary(a array.ListLike, of kind, element writer) writer {
	values := a.ListValues()
	return func(b []byte, i int) []byte {
		start, end := a.ValueOffsets(i)
		hasNull := uint32(0)
		for j := start; j < end; j++ {
			if values.IsNull(int(j)) {
				hasNull = 1
			}
		}
		dimensions := uint32(1)
		if start == end {
			dimensions = 0
		}
		b = binary.BigEndian.AppendUint32(b, dimensions)
		b = binary.BigEndian.AppendUint32(b, hasNull)
		b = binary.BigEndian.AppendUint32(b, of.oid)
		if start == end {
			return b
		}
		b = binary.BigEndian.AppendUint32(b, uint32(end-start)) //nolint:gosec // a batch's list
		b = binary.BigEndian.AppendUint32(b, 1)
		for j := start; j < end; j++ {
			if values.IsNull(int(j)) {
				b = append(b, 0xff, 0xff, 0xff, 0xff)
				continue
			}
			b = sized(b, element, int(j))
		}
		return b
	}
}

// appendDecimal writes a number with its scale.
func appendDecimal(b []byte, n decimal128.Num, scale int32) []byte {
	negative := n.Sign() < 0
	if negative {
		n = n.Negate()
		b = append(b, '-')
	}
	start := len(b)
	if n.HighBits() == 0 {
		b = strconv.AppendUint(b, n.LowBits(), 10)
	} else {
		b = n.BigInt().Append(b, 10)
	}
	if scale <= 0 {
		return b
	}
	if missing := int(scale) + 1 - (len(b) - start); missing > 0 {
		b = slices.Insert(b, start, []byte(strings.Repeat("0", missing))...)
	}
	return slices.Insert(b, len(b)-int(scale), '.')
}
