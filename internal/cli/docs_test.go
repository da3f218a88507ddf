package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/commands.md anew")

// commandsPage is the reference of all commands, made from the commands.
const commandsPage = "../../docs/commands.md"

func TestTheReferenceOfCommandsIsInStep(t *testing.T) {
	c := &command{program: Program{Version: "test", Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}}
	var b strings.Builder
	b.WriteString("# Commands\n\nMade from the commands themselves (`go test ./internal/cli -update`). stdout is data, stderr is messages.\n" +
		"Exit codes: 0 success, 1 something that was handled (a failed or held test, a bad project), 2 a command line that is wrong, or anything else.\n" +
		"Every flag is also an environment variable: `--project-dir` is `TARN_PROJECT_DIR`, or `DBT_PROJECT_DIR` as dbt has it.\n\n")
	root := c.root()
	b.WriteString("## Every command\n\n")
	flagTable(&b, root.PersistentFlags())
	for _, group := range root.Groups() {
		fmt.Fprintf(&b, "## %s\n\n", strings.TrimSuffix(group.Title, ":"))
		for _, cmd := range root.Commands() {
			if cmd.GroupID == group.ID {
				section(&b, cmd)
			}
		}
	}
	if *update {
		if err := os.WriteFile(commandsPage, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(commandsPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Errorf("%s is not in step with the commands: run go test ./internal/cli -update and read it", commandsPage)
	}
}

func section(b *strings.Builder, cmd *cobra.Command) {
	fmt.Fprintf(b, "### %s\n\n%s.\n\n", strings.TrimSuffix(cmd.UseLine(), " [flags]"), cmd.Short)
	if cmd.Long != "" {
		fmt.Fprintf(b, "%s\n\n", cmd.Long)
	}
	if cmd.Example != "" {
		fmt.Fprintf(b, "```\n%s\n```\n\n", cmd.Example)
	}
	flagTable(b, cmd.LocalNonPersistentFlags())
	for _, sub := range cmd.Commands() {
		section(b, sub)
	}
}

func flagTable(b *strings.Builder, flags *pflag.FlagSet) {
	rows := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		if rows == 0 {
			b.WriteString("| flag | what |\n|---|---|\n")
		}
		rows++
		name := "`--" + f.Name + "`"
		if f.Shorthand != "" {
			name += ", `-" + f.Shorthand + "`"
		}
		usage := strings.ReplaceAll(f.Usage, "|", "\\|")
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" {
			usage += " (default `" + f.DefValue + "`)"
		}
		fmt.Fprintf(b, "| %s | %s |\n", name, usage)
	})
	if rows > 0 {
		b.WriteString("\n")
	}
}
