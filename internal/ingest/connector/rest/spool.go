package rest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
)

// spool keeps records, one a line.
type spool struct {
	file *os.File
	out  *bufio.Writer
	line bytes.Buffer
	size int64
}

func newSpool(path string) (*spool, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &spool{file: file, out: bufio.NewWriterSize(file, 256<<10)}, nil
}

// add appends a record.
func (s *spool) add(record json.RawMessage) error {
	s.line.Reset()
	if err := json.Compact(&s.line, record); err != nil {
		return err
	}
	s.line.WriteByte('\n')
	n, err := s.out.Write(s.line.Bytes())
	s.size += int64(n)
	return err
}

// close ends the spool and returns its size.
func (s *spool) close(err error) (int64, error) {
	return s.size, errors.Join(err, s.out.Flush(), s.file.Close())
}
