package locate

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// memberMark parts an archive's name from that of a member.
const memberMark = "!/"

var (
	zipEndings = []string{".zip"}
	tarEndings = []string{".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz"}
)

// isArchive goes by the name: spreadsheets and jars are zip archives too, and
// are not meant.
func isArchive(name string) bool {
	name = strings.ToLower(name)
	if strings.Contains(name, "://") {
		name, _, _ = strings.Cut(name, "?")
	}
	ends := func(ending string) bool { return strings.HasSuffix(name, ending) }
	return slices.ContainsFunc(zipEndings, ends) || slices.ContainsFunc(tarEndings, ends)
}

// archive is an archive and what is wanted of it. It is opened when it must be.
type archive struct {
	s       *search
	file    File
	pattern string

	mu sync.Mutex
	// list has the members once the archive was opened.
	list   map[string]*member
	opened bool
}

// member is a file in an archive.
type member struct {
	file File
	open func() (io.ReadCloser, error)
}

// members finds the members of an archive that pattern matches.
func (s *search) members(ctx context.Context, file File, pattern string) ([]File, error) {
	a := &archive{s: s, file: file, pattern: pattern}
	if file.identity != "" {
		if files := a.unchanged(); len(files) > 0 {
			return files, nil
		}
	}
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	var files []File
	for _, m := range a.list {
		files = append(files, m.file)
	}
	return files, nil
}

// version is that of every member: the archive's, and what was looked for.
func (a *archive) version() string {
	if a.file.identity == "" {
		return ""
	}
	return "in " + a.file.identity + " " + a.pattern
}

// unchanged returns the members that were known when the archive was what it
// is now, and the same was looked for; none where it has changed.
func (a *archive) unchanged() []File {
	var files []File
	for name, known := range a.s.Known {
		inner, in := strings.CutPrefix(name, a.file.Name+memberMark)
		if in && known.Version == a.version() && a.wants(inner) {
			files = append(files, a.describe(inner, known.Size))
		}
	}
	return files
}

// describe returns the file that a member is.
func (a *archive) describe(inner string, size int64) File {
	return File{
		Name: a.file.Name + memberMark + inner, Size: size, Modified: a.file.Modified, Version: a.version(),
		Open: func(ctx context.Context) (io.ReadCloser, error) {
			m, err := a.member(ctx, inner)
			if err != nil {
				return nil, err
			}
			return m.open()
		},
	}
}

// member returns a member of the archive, which is opened if need be.
func (a *archive) member(ctx context.Context, inner string) (*member, error) {
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	if m := a.list[inner]; m != nil {
		return m, nil
	}
	return nil, changedWhileRead(a.file.Name + memberMark + inner)
}

// open lists the archive's members.
func (a *archive) open(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.opened {
		return nil
	}
	r, err := a.random(ctx)
	if err != nil {
		return err
	}
	a.list = map[string]*member{}
	head := make([]byte, 4)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Unreadable(a.file.Name, a.s.Place, err)
	}
	if head = head[:n]; bytes.HasPrefix(head, []byte("PK")) || isZip(a.file.Name) {
		err = a.openZip(r)
	} else {
		err = a.openTar(ctx, r)
	}
	a.opened = err == nil
	return err
}

func isZip(name string) bool {
	return slices.ContainsFunc(zipEndings, func(ending string) bool { return strings.HasSuffix(strings.ToLower(name), ending) })
}

// random opens the archive for reading anywhere, copied to this machine where
// it is not here.
func (a *archive) random(ctx context.Context) (connector.ReaderAtCloser, error) {
	if a.file.At != nil && !a.file.far {
		r, err := a.file.At(ctx)
		if err != nil {
			return nil, Unreadable(a.file.Name, a.s.Place, err)
		}
		a.s.onClose(r)
		return r, nil
	}
	source, err := a.file.Open(ctx)
	if err != nil {
		return nil, err
	}
	file, err := a.s.scratchFile()
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	c, err := a.s.copyAll(ctx, a.file.Name, file, 0, source, maxDownload(a.s.Settings))
	if err = errors.Join(err, source.Close()); err != nil {
		return nil, err
	}
	return c, nil
}

// wants reports whether the pattern matches a member; without wildcards it
// names one, or a folder.
func (a *archive) wants(inner string) bool {
	have := strings.Split(inner, "/")
	if isHidden(have) {
		return false
	}
	pattern := strings.TrimSuffix(a.pattern, "/")
	if pattern == "" || pattern == inner || strings.HasPrefix(inner, pattern+"/") {
		return true
	}
	return matchParts(strings.Split(pattern, "/"), have)
}

// accept decides whether a member of that name and kind is read; what is
// wanted, or might be meant, and is not read is noted.
func (a *archive) accept(raw string, mode fs.FileMode) (inner string, ok bool) {
	inner = strings.ReplaceAll(raw, `\`, "/")
	for strings.HasPrefix(inner, "./") {
		inner = inner[2:]
	}
	inner = strings.TrimSuffix(inner, "/")
	switch {
	case inner == "" || inner == ".":
		return "", false
	case !fs.ValidPath(inner) || path.IsAbs(inner) || len(inner) > 1 && inner[1] == ':':
		a.s.note("%s has a member %q, whose path leads out of the archive: it was left out", a.file.Name, raw)
	case !a.wants(inner) || mode.IsDir():
	case !mode.IsRegular():
		a.s.note("%s%s%s is no file but a %s: it was left out", a.file.Name, memberMark, inner, kindOfMember(mode))
	case isArchive(inner):
		a.s.note("%s%s%s is an archive within an archive, which is not opened: it was left out; unpack %s first", a.file.Name, memberMark, inner, a.file.Name)
	default:
		return inner, true
	}
	return "", false
}

func kindOfMember(mode fs.FileMode) string {
	if mode&fs.ModeSymlink != 0 {
		return "link"
	}
	return "special file (" + mode.Type().String() + ")"
}

// damaged explains an error of reading the archive.
func (a *archive) damaged(name string, err error) error {
	if problem := (*diag.Problem)(nil); errors.As(err, &problem) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	place := diag.Place{File: name}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return diag.New("truncated", place, "the archive ends too early: it was cut off").
			WithHint("nothing of it was loaded; fetch the whole archive again").WithCause(err)
	}
	return diag.New("damaged", place, "the archive is damaged, or is none: %v", err).
		WithHint("nothing of it was loaded; fetch it again").WithCause(err)
}

// checkUnchanged reports an archive that changed since it was opened.
func checkUnchanged(r io.ReaderAt) error {
	if w, ok := r.(*watched); ok {
		return w.check()
	}
	return nil
}
