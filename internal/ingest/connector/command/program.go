package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/secret"
)

const (
	defaultTimeout = 3600
	// grace is how long a program may take to end when it is told to.
	grace = 5 * time.Second
	// keptOfMessages is how much is kept of what a program says.
	keptOfMessages = 16 << 10
	// protocol is the version that programs are told.
	protocol = 1
)

// ask is what a program is told: a JSON object.
type ask map[string]any

func newAsk(req connector.SourceRequest, options any) ask {
	a := ask{
		"tarn_protocol": protocol, "table": req.Table, "options": options, "cursor": nil,
		"primary_key": req.PrimaryKey, "state": nil, "keys": false,
	}
	if req.PrimaryKey == nil {
		a["primary_key"] = []string{}
	}
	if req.Cursor != "" {
		a["cursor"] = req.Cursor
	}
	if json.Valid(req.State) {
		a["state"] = json.RawMessage(req.State)
	}
	return a
}

// program is what is run.
type program struct {
	argv    []string
	dir     string
	timeout int64
}

// name is what messages call the program.
func (p program) name() string { return filepath.Base(p.argv[0]) + argument(p.argv) }

// argument is the first argument of an interpreter, which says more than its
// name.
func argument(argv []string) string {
	if len(argv) > 1 && !strings.HasPrefix(argv[1], "-") {
		return " " + filepath.Base(argv[1])
	}
	return ""
}

// run tells the program what to read and keeps its answer in a file.
func (p program) run(ctx context.Context, a ask, answer string) error {
	var secrets []secret.Text
	told, err := json.Marshal(reveal(map[string]any(a), &secrets))
	if err != nil {
		return fmt.Errorf("write what %s is told: %w", p.name(), err)
	}
	out, err := os.OpenFile(answer, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(p.timeout)*time.Second)
	defer cancel()
	said := &tail{limit: keptOfMessages}
	cmd := exec.CommandContext(ctx, p.argv[0], p.argv[1:]...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.dir, bytes.NewReader(append(told, '\n')), out, said
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = grace
	err = errors.Join(cmd.Run(), out.Close())
	if err == nil {
		return nil
	}
	message := said.String()
	for _, s := range secrets {
		message = s.Scrub(message)
	}
	return p.explain(ctx, err, message)
}

// explain says how a program failed, with what it said last.
func (p program) explain(ctx context.Context, err error, message string) error {
	if message != "" {
		message = "it said:\n" + message
	}
	var exit *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return diag.New("program-timeout", diag.Place{}, "%s did not end within %d seconds", p.name(), p.timeout).
			WithHint("allow more with timeout:, or let it read less. %s", message)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return diag.New("no-program", diag.Place{}, "there is no program %s", p.argv[0]).WithHint("install it, or name its file: paths are relative to the project's folder").WithCause(err)
	case errors.As(err, &exit):
		return diag.New("program-failed", diag.Place{}, "%s failed: %s", p.name(), exit.ProcessState).WithHint("nothing was loaded; %s", message)
	default:
		return fmt.Errorf("run %s: %w", p.name(), err)
	}
}

// reveal copies a tree with its secrets as they are, and notes them.
func reveal(tree any, secrets *[]secret.Text) any {
	switch t := tree.(type) {
	case secret.Text:
		*secrets = append(*secrets, t)
		return t.Reveal()
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, v := range t {
			out[k] = reveal(v, secrets)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, v := range t {
			out[i] = reveal(v, secrets)
		}
		return out
	default:
		return tree
	}
}

// tail keeps the end of what is written to it.
type tail struct {
	limit int
	kept  []byte
}

// Write implements [io.Writer].
func (t *tail) Write(b []byte) (int, error) {
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - t.limit; over > t.limit {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(b), nil
}

// String is the end, from the start of a line.
func (t *tail) String() string {
	kept := t.kept
	if over := len(kept) - t.limit; over > 0 {
		kept = kept[over:]
		kept = kept[bytes.IndexByte(kept, '\n')+1:]
	}
	return strings.ToValidUTF8(strings.TrimSpace(string(kept)), "�")
}

var _ io.Writer = (*tail)(nil)
