package locate

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// entry is a member to pack; link makes it a symbolic link.
type entry struct{ name, content, link string }

func zipOf(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.link != "" {
			h.SetMode(os.ModeSymlink | 0o777)
			e.content = e.link
		}
		m, err := w.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(m, e.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Size: int64(len(e.content)), Mode: 0o644, Typeflag: tar.TypeReg}
		if e.link != "" {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, e.link, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(content)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// put writes a file that has been there for an hour, and returns its folder.
func put(t *testing.T, name string, content []byte) string {
	t.Helper()
	dir := t.TempDir()
	at := time.Now().Add(-time.Hour)
	path := filepath.Join(dir, name)
	if err := errors.Join(os.WriteFile(path, content, 0o644), os.Chtimes(path, at, at)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// contents finds files and tells each with its content, then the notes, or the
// code of the problem.
func contents(t *testing.T, f *Finder, q Query) string {
	t.Helper()
	found, err := f.Find(t.Context(), q)
	if err != nil {
		return code(t, err)
	}
	defer func() {
		if err := found.Close(); err != nil {
			t.Error(err)
		}
	}()
	var b strings.Builder
	for _, file := range found.Files {
		text, err := content(t, file)
		if err != nil {
			return b.String() + code(t, err)
		}
		b.WriteString(file.Name + "=" + text + "\n")
	}
	for _, n := range found.Notes {
		b.WriteString("+" + n + "\n")
	}
	return b.String()
}

func content(t *testing.T, file File) (string, error) {
	t.Helper()
	r, err := file.Open(t.Context())
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return "", err
	}
	if int64(len(text)) != file.Size {
		t.Errorf("%s: %d bytes, said to have %d", file.Name, len(text), file.Size)
	}
	return string(text), nil
}

func code(t *testing.T, err error) string {
	t.Helper()
	var p *diag.Problem
	if !errors.As(err, &p) {
		t.Fatalf("not a problem: %v", err)
	}
	if p.Message == "" || p.Hint == "" {
		t.Errorf("not explained: %v", p)
	}
	return "!" + p.Place.String() + " " + p.Code
}

func TestMembersOfArchives(t *testing.T) {
	days := []entry{{"./in/a.csv", "1", ""}, {"in/b.csv", "22", ""}, {"in/deep/c.csv", "333", ""}, {"in/.hidden.csv", "x", ""}, {"readme.md", "m", ""}}
	for _, c := range []struct {
		name, path string
		want       string
	}{
		{"every member", "ARC", "ARC!/in/a.csv=1\nARC!/in/b.csv=22\nARC!/in/deep/c.csv=333\nARC!/readme.md=m\n"},
		{"one member", "ARC!/in/b.csv", "ARC!/in/b.csv=22\n"},
		{"a pattern", "ARC!/in/*.csv", "ARC!/in/a.csv=1\nARC!/in/b.csv=22\n"},
		{"a pattern over folders", "ARC!/**/*.csv", "ARC!/in/a.csv=1\nARC!/in/b.csv=22\nARC!/in/deep/c.csv=333\n"},
		{"a folder", "ARC!/in/deep", "ARC!/in/deep/c.csv=333\n"},
		{"archives by pattern", "*r*!/*.md", "ARC!/readme.md=m\n"},
		{"nothing", "ARC!/*.json", ""},
	} {
		for archive, packed := range map[string][]byte{
			"arc.zip": zipOf(t, days...), "arc.tar": tarOf(t, days...), "arc.tar.gz": gzipped(t, tarOf(t, days...)), "arc.TGZ": gzipped(t, tarOf(t, days...)),
		} {
			t.Run(c.name+" of "+archive, func(t *testing.T) {
				f := &Finder{Dir: put(t, archive, packed), Scratch: t.TempDir()}
				got := contents(t, f, Query{Paths: []string{strings.ReplaceAll(c.path, "ARC", archive)}})
				if diff := cmp.Diff(strings.ReplaceAll(c.want, "ARC", archive), got); diff != "" {
					t.Error(diff)
				}
				if left, err := os.ReadDir(f.Scratch); err != nil || len(left) > 0 {
					t.Errorf("left in scratch: %v %v", left, err)
				}
			})
		}
	}
}

func TestWhatIsLeftOutOfAnArchiveIsSaid(t *testing.T) {
	odd := []entry{
		{"a.csv", "1", ""}, {"../up.csv", "2", ""}, {"/etc/abs.csv", "3", ""}, {`..\win.csv`, "4", ""}, {"C:/drive.csv", "5", ""},
		{"link.csv", "", "/etc/passwd"}, {"inner.zip", "PK", ""}, {"inner.tar.gz", "x", ""},
	}
	want := `ARC!/a.csv=1
+ARC has a member "../up.csv", whose path leads out of the archive: it was left out
+ARC has a member "/etc/abs.csv", whose path leads out of the archive: it was left out
+ARC has a member "..\\win.csv", whose path leads out of the archive: it was left out
+ARC has a member "C:/drive.csv", whose path leads out of the archive: it was left out
+ARC!/link.csv is no file but a link: it was left out
+ARC!/inner.zip is an archive within an archive, which is not opened: it was left out; unpack ARC first
+ARC!/inner.tar.gz is an archive within an archive, which is not opened: it was left out; unpack ARC first
`
	for archive, packed := range map[string][]byte{"arc.zip": zipOf(t, odd...), "arc.tar": tarOf(t, odd...)} {
		t.Run(archive, func(t *testing.T) {
			f := &Finder{Dir: put(t, archive, packed), Scratch: t.TempDir()}
			if diff := cmp.Diff(strings.ReplaceAll(want, "ARC", archive), contents(t, f, Query{Paths: []string{archive}})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOfMembersOfOneNameInATarTheLastCounts(t *testing.T) {
	f := &Finder{Dir: put(t, "a.tar", tarOf(t, entry{"a.csv", "old", ""}, entry{"a.csv", "new", ""})), Scratch: t.TempDir()}
	want := "a.tar!/a.csv=new\n+a.tar!/a.csv is there more than once: the last is taken\n"
	if diff := cmp.Diff(want, contents(t, f, Query{Paths: []string{"a.tar"}})); diff != "" {
		t.Error(diff)
	}
}

// edit changes bytes behind each occurrence of a signature.
func edit(archive []byte, signature string, offset int, with ...byte) []byte {
	archive = bytes.Clone(archive)
	for at := 0; ; {
		i := bytes.Index(archive[at:], []byte(signature))
		if i < 0 {
			return archive
		}
		at += i
		copy(archive[at+offset:], with)
		at += len(signature)
	}
}

// The signatures of a zip archive's headers.
const (
	zipLocal     = "PK\x03\x04"
	zipDirectory = "PK\x01\x02"
	zipSizes     = "PK\x07\x08"
)

// overlapping is a zip archive with two directory entries for the same bytes.
func overlapping(t *testing.T) []byte {
	t.Helper()
	z := zipOf(t, entry{"a.csv", "1", ""})
	from, to := bytes.Index(z, []byte(zipDirectory)), bytes.Index(z, []byte("PK\x05\x06"))
	second := edit(z[from:to], zipDirectory, 46, 'b')
	out := bytes.Join([][]byte{z[:to], second, z[to:]}, nil)
	end := len(out) - 22
	binary.LittleEndian.PutUint16(out[end+8:], 2)
	binary.LittleEndian.PutUint16(out[end+10:], 2)
	binary.LittleEndian.PutUint32(out[end+12:], uint32(2*(to-from)))
	return out
}

func TestDamagedArchives(t *testing.T) {
	text := strings.Repeat("1,ada\n2,bob\n", 5000)
	z, tr := zipOf(t, entry{"a.csv", text, ""}), tarOf(t, entry{"a.csv", text, ""}, entry{"b.csv", "1", ""})
	lying := edit(z, zipDirectory, 24, 3, 0, 0, 0) // says to have 3 bytes
	for _, c := range []struct {
		name, archive string
		packed        []byte
		want          string
	}{
		{"zip without its end", "a.zip", z[:len(z)-30], "!a.zip truncated"},
		{"zip without content", "a.zip", nil, "!a.zip truncated"},
		{"zip that is a page", "a.zip", []byte("<html>not found</html>"), "!a.zip truncated"},
		{"zip with other bytes in a member", "a.zip", edit(z, zipLocal, 60, 0xff, 0xff, 0xff), "!a.zip!/a.csv damaged"},
		{"zip with another checksum", "a.zip", edit(edit(z, zipDirectory, 16, 1, 2, 3, 4), zipSizes, 4, 1, 2, 3, 4), "!a.zip!/a.csv damaged"},
		{"zip that lies about sizes", "a.zip", lying, "!a.zip!/a.csv damaged"},
		{"encrypted zip", "a.zip", edit(edit(z, zipDirectory, 8, 9), zipLocal, 6, 9), "!a.zip!/a.csv encrypted"},
		{"zip by an unknown method", "a.zip", edit(z, zipDirectory, 10, 99), "!a.zip!/a.csv unknown-compression"},
		{"zip with overlapping members", "a.zip", overlapping(t), "!a.zip damaged"},
		{"zip with two members of one name", "a.zip", zipOf(t, entry{"a.csv", "1", ""}, entry{"a.csv", "2", ""}), "!a.zip!/a.csv ambiguous-member"},
		{"tar cut within a member", "a.tar", tr[:20000], "!a.tar!/a.csv truncated"},
		{"tar cut between members", "a.tar", tr[:512+(len(text)+511)/512*512], "!a.tar truncated"},
		{"tar that is a page", "a.tar", []byte(strings.Repeat("<html>not found</html>", 100)), "!a.tar damaged"},
		{"two tars in one file", "a.tar", append(bytes.Clone(tr), tr...), "!a.tar trailing-data"},
		{"tar.gz that is cut", "a.tar.gz", gzipped(t, tr)[:100], "!a.tar.gz truncated"},
		{"tar.gz with a damaged checksum", "a.tar.gz", damagedEnd(gzipped(t, tr)), "!a.tar.gz damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &Finder{Dir: put(t, c.archive, c.packed), Scratch: t.TempDir()}
			if got := contents(t, f, Query{Paths: []string{c.archive}}); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func damagedEnd(gz []byte) []byte {
	binary.LittleEndian.PutUint32(gz[len(gz)-8:], crc32.ChecksumIEEE(gz[:4]))
	return gz
}

func TestArchivesThatExpandTooMuchAreRefused(t *testing.T) {
	// A tar file of 110 MB, which gzip makes a thousandth of.
	var tarBomb bytes.Buffer
	w, err := gzip.NewWriterLevel(&tarBomb, gzip.BestSpeed)
	if err == nil {
		packed := tarOf(t, entry{"a.csv", strings.Repeat("\x00", 110<<20), ""})
		_, err = w.Write(packed)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	zeros := strings.Repeat("\x00", 2<<20)
	// What a zip archive says of sizes is believed, as reading more is an error.
	zipBomb := edit(zipOf(t, entry{"a.csv", zeros, ""}), zipDirectory, 24, 0, 0, 0, 0x10)
	size := connector.Settings{"max_expanded": int64(1 << 20)}
	for _, c := range []struct {
		name, archive string
		packed        []byte
		settings      connector.Settings
		want          string
	}{
		{"a zip by ratio", "a.zip", zipBomb, nil, "!a.zip!/a.csv expands-too-much"},
		{"a zip by size", "a.zip", zipOf(t, entry{"a.csv", zeros, ""}), size, "!a.zip!/a.csv expands-too-much"},
		{"a zip by the size of all members", "a.zip", zipOf(t, entry{"a.csv", zeros[:1<<20], ""}, entry{"b.csv", zeros[:1<<20], ""}), size, "!a.zip expands-too-much"},
		{"a tar by ratio", "a.tar.gz", tarBomb.Bytes(), nil, "!a.tar.gz!/a.csv expands-too-much"},
		{"a tar by what is left out of it", "a.tar.gz!/b.csv", tarBomb.Bytes(), nil, "!a.tar.gz expands-too-much"},
		{"a sparse tar", "a.tar", sparseTar(t), nil, "!a.tar!/a.csv expands-too-much"},
		{"a tar by size", "a.tar.gz", gzipped(t, tarOf(t, entry{"a.csv", zeros, ""})), size, "!a.tar.gz!/a.csv expands-too-much"},
	} {
		t.Run(c.name, func(t *testing.T) {
			name, _, _ := strings.Cut(c.archive, memberMark)
			f := &Finder{Dir: put(t, name, c.packed), Scratch: t.TempDir()}
			if got := contents(t, f, Query{Paths: []string{c.archive}, Settings: c.settings}); got != c.want {
				t.Errorf("got %.200s, want %s", got, c.want)
			}
		})
	}
}

// sparseTar is a tar archive with a member of a terabyte, all of it a hole but
// for one byte.
func sparseTar(t *testing.T) []byte {
	t.Helper()
	b := tarOf(t, entry{"a.csv", "1", ""})
	copy(b[257:], "ustar  \x00")
	clear(b[345:512])
	b[156] = tar.TypeGNUSparse
	copy(b[386:], "00000000000\x0000000000001\x00") // the byte, and where it is
	size := b[483:495]                              // 1 << 40, in base 256
	size[0], size[6] = 0x80, 1
	copy(b[148:156], "        ")
	sum := 0
	for _, c := range b[:512] {
		sum += int(c)
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

func FuzzArchives(f *testing.F) {
	t := &testing.T{}
	odd := []entry{{"a.csv", "1\n2\n", ""}, {"b/c.csv", "", ""}, {"../d.csv", "x", ""}, {"e", "", "a.csv"}}
	for _, packed := range [][]byte{zipOf(t, odd...), tarOf(t, odd...), gzipped(t, tarOf(t, odd...)), overlapping(t), sparseTar(t)} {
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		for _, name := range []string{"a.zip", "a.tar"} {
			finder := &Finder{Scratch: t.TempDir()}
			s := &search{Finder: finder, found: &Found{}, limits: connector.Limits{Expanded: 1 << 20}}
			file := File{Name: name, Size: int64(len(packed)), At: func(context.Context) (connector.ReaderAtCloser, error) { return inMemory{bytes.NewReader(packed)}, nil }}
			files, err := s.members(t.Context(), file, "")
			for _, m := range files {
				if !strings.HasPrefix(m.Name, name+memberMark) || strings.Contains(m.Name, "..") && !strings.Contains(m.Name, "...") && !filepath.IsLocal(m.Name[len(name)+len(memberMark):]) {
					t.Errorf("named %q", m.Name)
				}
				var text string
				if text, err = content(t, m); err == nil && len(text) > 1<<20 {
					t.Errorf("%s has %d bytes", m.Name, len(text))
				}
			}
			var problem *diag.Problem
			if err != nil && !errors.As(err, &problem) {
				t.Errorf("not a problem: %v", err)
			}
			if err := s.found.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// inMemory is an archive in memory.
type inMemory struct{ *bytes.Reader }

// Close does nothing.
func (inMemory) Close() error { return nil }

func TestAnArchiveThatIsWhatItWasIsNotOpened(t *testing.T) {
	packed := gzipped(t, tarOf(t, entry{"a.csv", "1", ""}, entry{"b.csv", "22", ""}))
	dir := put(t, "a.tgz", packed)
	f := &Finder{Dir: dir, Scratch: t.TempDir()}
	found, err := f.Find(t.Context(), Query{Paths: []string{"a.tgz"}})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]Known{}
	for _, file := range found.Files {
		known[file.Name] = Known{Size: file.Size, Version: file.Version}
	}
	if err := found.Close(); err != nil {
		t.Fatal(err)
	}
	fetched := 0
	again := Query{Paths: []string{"a.tgz"}, Known: known, Fetched: func(n int) { fetched += n }}
	found, err = f.Find(t.Context(), again)
	if err != nil || names(found) != "a.tgz!/a.csv a.tgz!/b.csv" || fetched != 0 || found.Files[1].Version != known["a.tgz!/b.csv"].Version {
		t.Fatalf("found %s after %d bytes, %v", names(found), fetched, err)
	}
	if text, err := content(t, found.Files[1]); err != nil || text != "22" || fetched == 0 {
		t.Errorf("when it is needed all the same: %q, %v", text, err)
	}
	if err := found.Close(); err != nil {
		t.Error(err)
	}
	t.Run("but it is where other members are looked for", func(t *testing.T) {
		again.Paths = []string{"a.tgz!/b*"}
		if got := contents(t, f, again); got != "a.tgz!/b.csv=22\n" {
			t.Error(got)
		}
	})
}

func TestStandardInputIsAFileByItsContent(t *testing.T) {
	f := &Finder{Dir: t.TempDir(), Scratch: t.TempDir(), Stdin: strings.NewReader("id\n1\n")}
	if got := contents(t, f, Query{Paths: []string{"-"}}); got != "stdin:7cde7fb64fd8=id\n1\n\n" {
		t.Error(got)
	}
	if got := contents(t, f, Query{Paths: []string{"-"}, Place: diag.Place{File: "p.yml"}}); got != "!p.yml no-stdin" {
		t.Errorf("a second time: %s", got)
	}
	f = &Finder{Dir: t.TempDir(), Stdin: strings.NewReader("12345")}
	if got := contents(t, f, Query{Paths: []string{"-"}, Settings: connector.Settings{"max_download": int64(4)}}); got != "!stdin too-large" {
		t.Errorf("over the limit: %s", got)
	}
}
