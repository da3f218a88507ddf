package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
)

// serve lets other engines use the lake.
func (c *command) serve() *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the lake to other engines and to people's tools", Args: cobra.NoArgs,
		Long: "Serve lets Spark, Trino, PyIceberg, DuckDB and others use the lake's tables as their own,\n" +
			"over Iceberg's REST protocol, and with --postgres lets psql, drivers and BI tools query what is\n" +
			"published, over PostgreSQL's protocol, until it is interrupted. Who may connect: users and service\n" +
			"principals (tarn user), and whoever has the owner's token (TARN_SERVE_TOKEN, or serve.token in\n" +
			"tarn.yml). Where there are neither it serves this machine only, and everybody is the owner.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			c.collectOften()
			return a.Serve(cmd.Context(), func(at app.Served) {
				scheme := "http"
				if at.Encrypted {
					scheme = "https"
				}
				if at.Postgres != nil {
					fmt.Fprintf(c.program.Err, "PostgreSQL's protocol is at postgres://%s/%s\n", at.Postgres, at.Database)
				}
				fmt.Fprintf(c.program.Err, "the Iceberg REST catalog is at %s://%s/ until Ctrl-C\n", scheme, at.Catalog)
			})
		},
	}
	cmd.Flags().StringVar(&c.flags.listen, "listen", "", "the address to serve at, host:port; port 0 takes a free one (default 127.0.0.1:8181)")
	cmd.Flags().StringVar(&c.flags.postgres, "postgres", "", "serve PostgreSQL's protocol at this address too, host:port, such as 127.0.0.1:5432; port 0 takes a free one")
	return cmd
}

// collectOften lets the heap grow to twice what is alive, Go's own measure, where
// other commands let it grow to three times that: a server lives for long, and holds
// at its end what it held at its busiest moment.
func (c *command) collectOften() {
	if pace, _ := c.program.Env("GOGC"); pace == "" {
		debug.SetGCPercent(100)
	}
}
