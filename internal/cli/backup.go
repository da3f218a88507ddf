package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
)

func (c *command) backup() *cobra.Command {
	var withData bool
	cmd := &cobra.Command{
		Use: "backup TARGET", Short: "Copy the lake's databases, and its tables' files", Args: cobra.ExactArgs(1),
		Long: "Backup copies the catalog and the journal, as they are at one moment, into files below\n" +
			"a folder TARGET, and looks whether every file that the tables name is there. With --with-data it\n" +
			"copies these files too; those that TARGET has already are not copied again. Others may\n" +
			"go on writing. What is missing is told by table, and ends the command with 1 where\n" +
			"readers see the table's state.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			bar := c.newMeter("copying", "")
			m, err := a.Backup(cmd.Context(), args[0], withData, bar.at)
			bar.close()
			if err != nil {
				return err
			}
			return c.backedUp("backup "+m.ID+" holds the databases", m)
		},
	}
	cmd.Flags().BoolVar(&withData, "with-data", false, "copy the files of the tables too")
	return cmd
}

func (c *command) restore() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "restore BACKUP", Short: "Make the lake anew from a backup", Args: cobra.ExactArgs(1),
		Long: "Restore takes a backup, or the newest in a folder of them, and puts its databases, and\n" +
			"the tables' files where it has them, where tarn.yml says that they are: into the lake's\n" +
			"folder, and the databases also on a server. Tables that were somewhere else are\n" +
			"relocated. What is missing afterwards is told by table. A restore that was\n" +
			"broken off is done by running it again; until then no other command uses the lake.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			bar := c.newMeter("copying", "")
			r, err := a.Restore(cmd.Context(), args[0], force, bar.at)
			bar.close()
			if err != nil {
				return err
			}
			if r.Relocated.From != r.Relocated.To {
				c.relocated(r.Relocated)
			}
			return c.backedUp("restored backup "+r.Manifest.ID, r.Manifest)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace databases that are there, which are kept under other names")
	return cmd
}

// backedUp says what a backup holds, and what is missing of it.
func (c *command) backedUp(what string, m app.BackupManifest) error {
	var problems diag.Problems
	for _, missing := range m.Missing {
		problems.Add(missing.Problem())
	}
	for _, w := range problems.Warnings() {
		c.warn(w)
	}
	if !c.flags.quiet {
		with := "which stay where they are"
		if m.WithData {
			with = "with them"
		}
		fmt.Fprintf(c.program.Err, "%s, and %d tables of %d files (%s), %s\n", what, m.Tables, m.Files, bytesText(m.Bytes), with)
	}
	return problems.Err()
}
