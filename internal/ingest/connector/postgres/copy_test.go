package postgres

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// encodeCopy writes rows as COPY sends them; "NULL" is NULL.
func encodeCopy(rows [][]string) []byte {
	out := append(slices.Clone(copySignature), make([]byte, 8)...)
	for _, row := range rows {
		out = binary.BigEndian.AppendUint16(out, uint16(len(row)))
		for _, value := range row {
			if value == "NULL" {
				out = binary.BigEndian.AppendUint32(out, 0xFFFFFFFF)
				continue
			}
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(value))), value...)
		}
	}
	return binary.BigEndian.AppendUint16(out, 0xFFFF)
}

// collect keeps rows as text.
func collect(to *[]string) func([][]byte, int) error {
	return func(values [][]byte, _ int) error {
		var texts []string
		for _, v := range values {
			if v == nil {
				texts = append(texts, "NULL")
			} else {
				texts = append(texts, fmt.Sprintf("%q", v))
			}
		}
		*to = append(*to, strings.Join(texts, " "))
		return nil
	}
}

func TestRowsDoNotDependOnHowTheyAreSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom([]string{"NULL", "", "a", strings.Repeat("long ", 50)}), 3, 3), 0, 20).Draw(t, "rows")
		sent := encodeCopy(rows)
		var whole, pieces []string
		all := newCopyDecoder(3, collect(&whole))
		if _, err := all.Write(sent); err != nil {
			t.Fatal(err)
		}
		d := newCopyDecoder(3, collect(&pieces))
		for rest := sent; len(rest) > 0; {
			n := rapid.IntRange(1, min(len(rest), 64)).Draw(t, "piece")
			if _, err := d.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if !slices.Equal(whole, pieces) || len(whole) != len(rows) || d.end() != nil || all.end() != nil {
			t.Fatalf("%d rows: %v, in pieces %v", len(rows), whole, pieces)
		}
	})
}

func TestCopyThatIsCutShortIsNoticed(t *testing.T) {
	sent := encodeCopy([][]string{{"a", "b"}, {"NULL", "c"}})
	for cut := range sent {
		d := newCopyDecoder(2, func([][]byte, int) error { return nil })
		if _, err := d.Write(sent[:cut]); err == nil && d.end() == nil {
			t.Fatalf("cut at %d of %d", cut, len(sent))
		}
	}
}

func FuzzCopy(f *testing.F) {
	f.Add(encodeCopy([][]string{{"a", "NULL"}, {"", "b"}}))
	f.Fuzz(func(t *testing.T, sent []byte) {
		d := newCopyDecoder(2, func(values [][]byte, size int) error {
			if len(values) != 2 || size > len(sent) {
				t.Fatalf("%d values of %d bytes", len(values), size)
			}
			return nil
		})
		_, _ = d.Write(sent) // no panic is what is asked
	})
}
