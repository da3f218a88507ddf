package postgres

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// copySignature starts what COPY sends in its binary format; flags and the
// length of an extension follow, then the rows.
var copySignature = []byte("PGCOPY\n\xff\r\n\x00")

const copyHead = 19

var errCopy = errors.New("what COPY sends is not its binary format")

// copyDecoder takes what COPY sends and calls row for each row. A row is a
// number of values, each with its length before it; -1 for the number ends them.
type copyDecoder struct {
	row func(values [][]byte, size int) error
	// fields is how many values a row has.
	fields int
	values [][]byte
	// rest are the bytes of a row that has not been sent whole.
	rest    []byte
	started bool
	ended   bool
}

func newCopyDecoder(fields int, row func(values [][]byte, size int) error) *copyDecoder {
	return &copyDecoder{row: row, fields: fields, values: make([][]byte, fields)}
}

// Write takes the next bytes: mostly one whole row.
func (d *copyDecoder) Write(p []byte) (int, error) {
	data := p
	if len(d.rest) > 0 {
		d.rest = append(d.rest, p...)
		data = d.rest
	}
	used, err := d.decode(data)
	if err != nil {
		return 0, err
	}
	if used == len(data) {
		d.rest = d.rest[:0]
	} else {
		d.rest = append(d.rest[:0], data[used:]...)
	}
	return len(p), nil
}

// decode takes whole rows from the start of data and returns how many bytes
// they have.
func (d *copyDecoder) decode(data []byte) (used int, err error) {
	if !d.started {
		if len(data) < copyHead {
			return 0, nil
		}
		if !bytes.HasPrefix(data, copySignature) {
			return 0, errCopy
		}
		extension := int(binary.BigEndian.Uint32(data[copyHead-4:]))
		if extension < 0 || extension > len(data)-copyHead {
			return 0, errCopy
		}
		used, d.started = copyHead+extension, true
	}
	for used < len(data) {
		n, err := d.next(data[used:])
		if n == 0 || err != nil {
			return used, err
		}
		used += n
	}
	return used, nil
}

// next takes one row and returns how many bytes it has; 0 where it is not
// there whole.
func (d *copyDecoder) next(data []byte) (int, error) {
	if len(data) < 2 {
		return 0, nil
	}
	count := int16(binary.BigEndian.Uint16(data))
	if count == -1 && !d.ended {
		d.ended = true
		return 2, nil
	}
	if int(count) != d.fields || d.ended {
		return 0, errCopy
	}
	at := 2
	for i := range d.values {
		if len(data)-at < 4 {
			return 0, nil
		}
		n := int(int32(binary.BigEndian.Uint32(data[at:])))
		at += 4
		switch {
		case n == -1:
			d.values[i] = nil
			continue
		case n < 0:
			return 0, errCopy
		case n > len(data)-at:
			return 0, nil
		}
		d.values[i] = data[at : at+n : at+n]
		at += n
	}
	return at, d.row(d.values, at)
}

// end reports whether everything was sent.
func (d *copyDecoder) end() error {
	if !d.ended || len(d.rest) > 0 {
		return errors.New("COPY ended in the middle")
	}
	return nil
}
