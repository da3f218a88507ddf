package avrofile

import (
	"encoding/binary"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// decoder reads the values of a block. What goes wrong is kept in err; after
// that it reads zeros.
type decoder struct {
	rest  []byte
	arena typed.Arena
	err   error
	zeros [16]byte
	// empty counts values that took no bytes.
	empty int
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
}

// take returns the next n bytes.
func (d *decoder) take(n int) []byte {
	if n > len(d.rest) {
		d.fail("a value of %d bytes where only %d are left", n, len(d.rest))
		if n <= len(d.zeros) {
			return d.zeros[:n]
		}
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail("a number that does not end")
		d.rest = nil
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) bytes() []byte {
	n := d.varint()
	if n < 0 || n > int64(len(d.rest)) {
		d.fail("a text of %d bytes where only %d are left", n, len(d.rest))
		return nil
	}
	return d.take(int(n))
}

func (d *decoder) boolean() int64 {
	b := d.take(1)[0]
	if b > 1 {
		d.fail("a boolean of %d", b)
	}
	return int64(b)
}

// index reads the number of one of n choices, or returns -1.
func (d *decoder) index(n int) int {
	i := d.varint()
	if i < 0 || i >= int64(n) {
		d.fail("choice %d of %d", i+1, n)
	}
	if d.err != nil {
		return -1
	}
	return int(i)
}

// items reads the elements of an array or a map, each of which takes size
// values; empty elements may take no bytes.
func (d *decoder) items(size int, empty bool, one func([]typed.Value)) []typed.Value {
	var all []typed.Value
	for d.err == nil {
		n := d.varint()
		if n == 0 {
			break
		}
		if n < 0 {
			n = -n
			d.varint() // how many bytes they have: for skipping
		}
		limit := int64(len(d.rest))
		if empty {
			d.empty++
			limit = mostEmpty
		}
		if n < 0 || n > limit || d.empty > mostEmpty {
			d.fail("%d elements where only %d bytes are left", n, len(d.rest))
			break
		}
		more := d.arena.Take(int(n) * size)
		clear(more)
		for i := 0; i < len(more) && d.err == nil; i += size {
			one(more[i : i+size])
		}
		if all == nil {
			all = more
		} else {
			all = append(all, more...)
		}
	}
	return all
}
