package locate

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/tarn-lake/tarn/internal/diag"
)

// stdin copies standard input. Each content is a file of its own, called by its
// checksum: what was piped in before stays, and is not loaded twice.
func (s *search) stdin(ctx context.Context) ([]File, error) {
	if s.Stdin == nil || isTerminal(s.Stdin) || s.stdinTaken.Swap(true) {
		return nil, diag.New("no-stdin", s.Place, "the path is -, standard input, where nothing is, or another table took it").
			WithHint("pipe something in, and let one table alone read it")
	}
	file, err := s.scratchFile()
	if err != nil {
		return nil, err
	}
	c, err := s.copyAll(ctx, "stdin", file, 0, s.Stdin, maxDownload(s.Settings))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	name := "stdin:" + c.sha256[:12]
	return []File{c.asFile(File{Name: name, Version: "sha256:" + c.sha256, identity: c.sha256})}, nil
}

// isTerminal reports whether nobody has piped anything in.
func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err != nil || info.Mode()&fs.ModeCharDevice != 0
}
