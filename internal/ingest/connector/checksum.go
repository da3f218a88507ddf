package connector

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
)

// checksumChunk is how much Checksum reads at once.
const checksumChunk = 1 << 20

// Checksum sets the counts of bytes and the checksums of an input that is read
// at random. It comes first: where the input changes afterwards, the next load
// notices.
func Checksum(ctx context.Context, in Input, r ReaderAtCloser, counts *Counts) error {
	sum := sha256.New()
	chunk := recycled.Allocate(checksumChunk)
	defer recycled.Free(chunk)
	for at := int64(0); at < r.Size(); {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.ReadAt(chunk[:min(checksumChunk, r.Size()-at)], at)
		sum.Write(chunk[:n])
		at += int64(n)
		switch {
		case errors.Is(err, io.EOF) && at < r.Size():
			return changed(in, at)
		case err != nil && !errors.Is(err, io.EOF):
			return readError(in, err)
		}
	}
	counts.Bytes = r.Size()
	sum.Sum(counts.SHA256[:0])
	counts.PrefixSHA256 = sha256.Sum256(nil)
	return ctx.Err()
}
