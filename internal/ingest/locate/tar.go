package locate

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const tarBlock = 512

// openTar goes through a tar archive once, decompressing it if need be, and
// copies the members that are wanted: a tar archive has no directory, and each
// look at a member of a compressed one would start from its beginning.
func (a *archive) openTar(ctx context.Context, r connector.ReaderAtCloser) error {
	in := connector.Input{Name: a.file.Name, Size: r.Size(), Limits: a.s.limits, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(r, 0, r.Size())), nil
	}}
	content, err := connector.OpenContent(ctx, in, "", false)
	if err != nil {
		return err
	}
	file, err := a.s.scratchFile()
	if err != nil {
		return errors.Join(err, content.Close())
	}
	blocks := &blockReader{r: content}
	err = a.copyTar(ctx, tar.NewReader(blocks), blocks, file, r.Size())
	return errors.Join(err, content.Close(), checkUnchanged(r))
}

func (a *archive) copyTar(ctx context.Context, t *tar.Reader, blocks *blockReader, file *os.File, stored int64) error {
	var at int64
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return a.endOfTar(blocks)
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) { // accept looks at the paths
			return a.damaged(a.file.Name, err)
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		inner, ok := a.accept(strings.ToValidUTF8(h.Name, "\uFFFD"), h.FileInfo().Mode())
		if ok && h.Typeflag == tar.TypeLink {
			a.s.note("%s%s%s is no file but a link: it was left out", a.file.Name, memberMark, inner)
			continue
		}
		if !ok {
			continue
		}
		// A sparse member may say that it is as large as it likes.
		if err := a.s.limits.Check(a.file.Name+memberMark+inner, stored, at+h.Size); err != nil {
			return err
		}
		c, err := a.s.copyAll(ctx, a.file.Name+memberMark+inner, file, at, t, -1)
		if err != nil {
			return a.damaged(a.file.Name+memberMark+inner, err)
		}
		at += c.size
		a.addTarMember(inner, c, h)
	}
}

// endOfTar makes sure that the archive ends as it should, and that nothing
// follows.
func (a *archive) endOfTar(blocks *blockReader) error {
	place := diag.Place{File: a.file.Name}
	if blocks.read > 0 && !blocks.zero() {
		return diag.New("truncated", place, "the archive has no mark at its end: it was cut off").
			WithHint("nothing of it was loaded; fetch the whole archive again")
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := blocks.Read(buf)
		for _, c := range buf[:n] {
			if c != 0 {
				return diag.New("trailing-data", place, "something follows the end of the archive: several archives in one file are not read").
					WithHint("nothing of it was loaded; pack it anew, or split it")
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return a.damaged(a.file.Name, err)
		}
	}
}

// addTarMember adds a member; of those with one name the last counts, as with
// tar itself, which appends what it updates.
func (a *archive) addTarMember(inner string, c *copied, h *tar.Header) {
	if a.list[inner] != nil {
		a.s.note("%s%s%s is there more than once: the last is taken", a.file.Name, memberMark, inner)
	}
	m := &member{open: func() (io.ReadCloser, error) { return c.open(), nil }}
	m.file = c.asFile(a.describe(inner, c.size))
	m.file.Modified = h.ModTime
	a.list[inner] = m
}

// blockReader remembers the last block that was read.
type blockReader struct {
	r    io.Reader
	last []byte
	read int64
}

// Read reads.
func (b *blockReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.read += int64(n)
	if n >= tarBlock {
		b.last = append(b.last[:0], p[n-tarBlock:n]...)
	} else if n > 0 {
		b.last = append(b.last, p[:n]...)
		b.last = b.last[max(0, len(b.last)-tarBlock):]
	}
	return n, err
}

// zero reports whether the last block is one of zeros.
func (b *blockReader) zero() bool {
	for _, c := range b.last {
		if c != 0 {
			return false
		}
	}
	return len(b.last) == tarBlock
}
