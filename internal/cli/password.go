package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/secret"
)

func passwordFlag(cmd *cobra.Command, fromStdin *bool) {
	cmd.Flags().BoolVar(fromStdin, "password-stdin", false, "take the password from the first line of stdin")
}

// longestLine is how much of stdin is read for a password.
const longestLine = 4096

// password asks for a new password, twice, without showing it; or takes it from
// stdin. It is never an argument, which every process of the machine can read.
func (c *command) password(name string, fromStdin bool) (secret.Text, error) {
	if fromStdin {
		line, err := bufio.NewReader(io.LimitReader(c.program.In, longestLine)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return secret.Text{}, fmt.Errorf("read the password: %w", err)
		}
		return secret.New(strings.TrimRight(line, "\r\n")), nil
	}
	f, ok := c.program.In.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return secret.Text{}, diag.New("no-password", diag.Place{}, "there is no terminal to ask for the password of %s", name).
			WithHint("give it with --password-stdin; a program has none: --service")
	}
	first, err := c.ask(f, "password of "+name+": ")
	if err != nil {
		return secret.Text{}, err
	}
	again, err := c.ask(f, "once more: ")
	if err != nil {
		return secret.Text{}, err
	}
	if first != again {
		return secret.Text{}, diag.New("bad-password", diag.Place{}, "the two are not the same").WithHint("type the password again")
	}
	return secret.New(first), nil
}

func (c *command) ask(f *os.File, prompt string) (string, error) {
	fmt.Fprint(c.program.Err, prompt)
	typed, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(c.program.Err)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(typed), nil
}
