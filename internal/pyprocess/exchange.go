package pyprocess

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/tarn-lake/tarn/internal/diag"
)

// hand gives the driver the rows of an input.
func (c *call) hand(ctx context.Context, i int) error {
	rows, err := c.job.Inputs[i].Read(ctx)
	if err != nil {
		return err
	}
	if rows == nil {
		return c.reply(map[string]any{"missing": true})
	}
	defer rows.Release()
	file := filepath.Join(c.folder, fmt.Sprintf("input-%d.arrow", i))
	if err := writeRows(file, rows); err != nil {
		return fmt.Errorf("hand %s to %s: %w", c.job.Inputs[i].Name, c.job.Name, err)
	}
	return c.reply(map[string]any{"file": file, "types": rows.Types})
}

// reply answers the driver. That it is gone is found where it is heard next.
func (c *call) reply(v any) error {
	if err := c.tell(v); err != nil && !errors.Is(err, os.ErrClosed) && !isGone(err) {
		return err
	}
	return nil
}

// writeRows writes rows as an Arrow file.
func writeRows(path string, rows array.RecordReader) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	out, err := ipc.NewFileWriter(buffered, ipc.WithSchema(rows.Schema()))
	if err != nil {
		return errors.Join(err, file.Close())
	}
	for rows.Next() {
		if err := out.Write(rows.RecordBatch()); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return errors.Join(rows.Err(), out.Close(), buffered.Flush(), file.Close())
}

// Answer is what a model returned. It must be closed.
type Answer struct {
	// Rows are read once.
	Rows array.RecordReader
	// Columns are the columns as the model's DuckDB knows them; nil where it has
	// none.
	Columns []Column

	folder string
	file   *os.File
}

// largestBatch and largestMetadata bound the memory of one batch of an answer.
const (
	largestBatch    = 1 << 30
	largestMetadata = 16 << 20
)

// openAnswer opens what the driver has written.
func openAnswer(folder string, columns []Column, job Job) (*Answer, error) {
	a := &Answer{Columns: columns, folder: folder}
	var err error
	if a.file, err = os.Open(answerFile(folder)); err != nil {
		return nil, err
	}
	a.Rows, err = ipc.NewReader(bufio.NewReaderSize(a.file, 1<<20), ipc.WithBodySizeLimit(largestBatch), ipc.WithMetadataSizeLimit(largestMetadata))
	if err != nil {
		problem := diag.New("python-answer", diag.Place{File: job.File, Line: 1}, "what %s returned cannot be read: %v", job.Name, err).WithCause(err)
		return nil, errors.Join(problem, a.file.Close())
	}
	return a, nil
}

// Close forgets the rows and removes the files of the job.
func (a *Answer) Close() error {
	a.Rows.Release()
	return errors.Join(a.file.Close(), os.RemoveAll(a.folder))
}
