package locate

import (
	"archive/zip"
	"cmp"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	zipEncrypted = 0x1
	zipBzip2     = 12
)

// openZip lists the members of a zip archive, from the directory at its end.
func (a *archive) openZip(r connector.ReaderAtCloser) error {
	z, err := zip.NewReader(r, r.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // accept looks at the paths
		if errors.Is(err, zip.ErrFormat) {
			return diag.New("truncated", diag.Place{File: a.file.Name}, "the zip archive has no directory at its end: it was cut off, or is no zip archive").
				WithHint("nothing of it was loaded; fetch the whole archive again").WithCause(err)
		}
		return a.damaged(a.file.Name, err)
	}
	z.RegisterDecompressor(zipBzip2, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	var total int64
	var taken []*zip.File
	for _, f := range z.File {
		inner, ok := a.accept(strings.ToValidUTF8(f.Name, "\uFFFD"), f.Mode())
		if !ok {
			continue
		}
		if err := a.checkMember(inner, f); err != nil {
			return err
		}
		total += int64(f.UncompressedSize64)
		taken = append(taken, f)
		a.addZipMember(inner, f, r)
	}
	if err := a.s.limits.Check(a.file.Name, r.Size(), total); err != nil {
		return err
	}
	return a.checkOverlap(taken)
}

// checkMember refuses what cannot, or should not, be read. What a member says
// of its size holds: reading more than that is an error.
func (a *archive) checkMember(inner string, f *zip.File) error {
	name := a.file.Name + memberMark + inner
	place := diag.Place{File: name}
	switch {
	case f.Flags&zipEncrypted != 0:
		return diag.New("encrypted", place, "the member is encrypted, and there is no way to say a password").
			WithHint("unpack the archive first, or leave the member out by a pattern, path: %s%s*.csv", a.file.Name, memberMark)
	case f.Method != zip.Store && f.Method != zip.Deflate && f.Method != zipBzip2:
		return diag.New("unknown-compression", place, "the member is compressed by method %d, which is not read", f.Method).
			WithHint("unpack the archive first, or pack it with deflate")
	case int64(f.UncompressedSize64) < 0 || int64(f.CompressedSize64) < 0:
		return a.damaged(name, zip.ErrFormat)
	case a.list[inner] != nil:
		return diag.New("ambiguous-member", place, "the archive has two members of this name").
			WithHint("nothing of it was loaded; pack it anew")
	}
	return a.s.limits.Check(name, int64(f.CompressedSize64), int64(f.UncompressedSize64))
}

// checkOverlap refuses archives whose members share bytes, by which a small
// one can hold a great deal.
func (a *archive) checkOverlap(members []*zip.File) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(members))
	for _, f := range members {
		from, err := f.DataOffset()
		if err != nil {
			return a.damaged(a.file.Name+memberMark+f.Name, err)
		}
		spans = append(spans, span{from, from + int64(f.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return diag.New("damaged", diag.Place{File: a.file.Name}, "members of the archive overlap, as in archives made to do harm").
				WithHint("nothing of it was loaded; pack it anew if you trust it")
		}
	}
	return nil
}

func (a *archive) addZipMember(inner string, f *zip.File, r io.ReaderAt) {
	m := &member{file: a.describe(inner, int64(f.UncompressedSize64))}
	m.file.Modified = f.Modified
	if m.file.Version == "" {
		// Archives may have the same time for whatever was packed whenever.
		m.file.Version = fmt.Sprintf("crc32 %08x, %d bytes, %d", f.CRC32, f.UncompressedSize64, f.Modified.UnixNano())
	}
	m.open = func() (io.ReadCloser, error) {
		content, err := f.Open()
		if err != nil {
			return nil, a.damaged(m.file.Name, err)
		}
		return &zipReader{ReadCloser: content, a: a, name: m.file.Name, archive: r}, nil
	}
	m.file.Open = func(context.Context) (io.ReadCloser, error) { return m.open() }
	a.list[inner] = m
}

// zipReader reads a member of a zip archive and explains what goes wrong.
type zipReader struct {
	io.ReadCloser
	a       *archive
	name    string
	archive io.ReaderAt
}

// Read reads decompressed bytes.
func (z *zipReader) Read(p []byte) (int, error) {
	n, err := z.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = z.a.damaged(z.name, err)
	}
	return n, err
}

// Close reports an archive that changed meanwhile.
func (z *zipReader) Close() error {
	return errors.Join(z.ReadCloser.Close(), checkUnchanged(z.archive))
}
