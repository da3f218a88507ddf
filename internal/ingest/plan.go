package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
)

// action is what a load does with one file.
type action uint8

const (
	// keep: nothing changed since the file was loaded.
	keep action = iota
	// whole: the file is new.
	whole
	// tail: the file grew; what was appended is read.
	tail
	// renew: the content changed; the file's rows are replaced.
	renew
	// duplicate: the table has this content under another path.
	duplicate
)

// planned is a file and what to do with it.
type planned struct {
	locate.File
	do action
	// before is what the ledger knew of the file.
	before fileState
	// of is the path that has the same content (duplicate).
	of string
	// sum is the content's hash where it had to be known beforehand.
	sum string
}

// settleTime is how old a modification must be for size and time alone to tell
// that nothing changed: file systems stamp with limited precision.
const settleTime = 2 * time.Second

// plan decides for every file. A file is known by path and content; its
// content is hashed beforehand only where size and time leave a doubt. A file
// that is longer than it was is taken to have grown unless changed names it:
// reading it tells.
func plan(ctx context.Context, files []locate.File, known map[string]fileState, changed map[string]bool) ([]planned, error) {
	plans := make([]planned, len(files))
	renewed := map[string]bool{}
	for i, f := range files {
		plans[i] = planned{File: f, do: whole}
		s, ok := known[f.Name]
		if !ok {
			continue
		}
		if err := plans[i].compare(ctx, s, changed[f.Name]); err != nil {
			return nil, err
		}
		renewed[f.Name] = plans[i].do == renew
	}
	sizes, content := contents(plans, known, renewed)
	for i := range plans {
		p := &plans[i]
		_, ok := known[p.Name]
		switch {
		case ok && p.do == keep && renewed[p.before.sameAs]:
			// Its rows stood under a path that now has other content.
			p.do = whole
		case !ok && sizes[p.Size] > 1 && p.Size > 0:
			if err := p.lookFor(ctx, content); err != nil {
				return nil, err
			}
		}
	}
	return plans, nil
}

// contents returns how many files have each size, and which path has each
// content that the table holds once the load is done.
func contents(plans []planned, known map[string]fileState, renewed map[string]bool) (map[int64]int, map[string]string) {
	sizes, content := map[int64]int{}, map[string]string{}
	for path, s := range known {
		if s.sameAs == "" && !renewed[path] {
			sizes[s.size]++
			content[s.sha256] = path
		}
	}
	for _, p := range plans {
		if _, ok := known[p.Name]; !ok || renewed[p.Name] {
			sizes[p.Size]++
		}
		if renewed[p.Name] {
			content[p.sum] = p.Name
		}
	}
	return sizes, content
}

// compare decides what became of a file that the ledger knows.
func (p *planned) compare(ctx context.Context, s fileState, changed bool) error {
	p.before = s
	if p.unchanged(s) {
		p.do = keep
		return nil
	}
	if p.Size > s.size && s.canGrow && s.sameAs == "" && !changed {
		p.do = tail
		return nil
	}
	if err := p.hash(ctx); err != nil {
		return err
	}
	p.do = renew
	if p.sum == s.sha256 {
		p.do = keep
	}
	return nil
}

// unchanged reports whether a file is what the ledger knows, without a look at
// its content.
func (p *planned) unchanged(s fileState) bool {
	if p.Version != "" || s.version != "" {
		return p.Version == s.version
	}
	return p.Size == s.size && !p.Modified.IsZero() && modifiedNS(p.File) == s.modifiedNS && s.loadedAt.Sub(p.Modified) > settleTime
}

// lookFor finds out whether the content of a new file is known already; if
// not, it is from now on.
func (p *planned) lookFor(ctx context.Context, content map[string]string) error {
	if err := p.hash(ctx); err != nil {
		return err
	}
	if of, ok := content[p.sum]; ok {
		p.do, p.of = duplicate, of
		return nil
	}
	content[p.sum] = p.Name
	return nil
}

// hash sets the content's hash.
func (p *planned) hash(ctx context.Context) error {
	if p.sum = p.SHA256; p.sum != "" {
		return nil
	}
	f, err := p.Open(ctx)
	if err != nil {
		return locate.Unreadable("the file", diag.Place{File: p.Name}, err)
	}
	h := sha256.New()
	n, err := io.Copy(h, contextReader{ctx, f})
	if err != nil {
		return errors.Join(locate.Unreadable("the file", diag.Place{File: p.Name}, err), f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	if n != p.Size {
		return diag.New("changed-while-read", diag.Place{File: p.Name}, "the file changed while it was read: it had %d bytes and now gives %d", p.Size, n).
			WithHint("run again when it is written completely")
	}
	p.sum = hex.EncodeToString(h.Sum(nil))
	return nil
}

// contextReader stops reading when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

// Read reads from the underlying reader unless the context has ended.
func (c contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}
