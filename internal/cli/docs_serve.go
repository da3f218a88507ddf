package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/diag"
)

// docsServe is dbt's docs serve.
func (c *command) docsServe() *cobra.Command {
	var host string
	var port int
	cmd := &cobra.Command{
		Use: "serve", Short: "Show what docs generate wrote to browsers", Args: cobra.NoArgs,
		Long: "Serve shows index.html, manifest.json and catalog.json of the target folder to browsers\n" +
			"on this machine, until it is interrupted.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			a, err := c.open(cmd)
			if err != nil {
				return err
			}
			defer closing(a, &err)
			site, err := a.Site(host)
			if err != nil {
				return err
			}
			listen := net.ListenConfig{}
			l, err := listen.Listen(cmd.Context(), "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err != nil {
				return diag.New("port", diag.Place{}, "%s cannot be served at: %v", net.JoinHostPort(host, strconv.Itoa(port)), err).
					WithHint("give another port: --port 0 takes a free one").WithCause(err)
			}
			fmt.Fprintf(c.program.Err, "the documentation is at http://%s/ until Ctrl-C\n", l.Addr())
			return serve(cmd.Context(), l, site)
		},
	}
	f := cmd.Flags()
	f.StringVar(&host, "host", "127.0.0.1", "the address to serve at; others than this machine's own let everybody read who reaches it")
	f.IntVar(&port, "port", 8080, "the port to serve at; 0 takes a free one")
	toggle(f, new(bool), "browser", "", false, "taken for dbt's sake: no browser is opened")
	_ = f.MarkHidden("browser")
	return cmd
}

// endWithin is how long requests have to end once the server is interrupted.
const endWithin = 3 * time.Second

// serve serves until ctx ends, and then lets what was begun be done.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	closing, stop := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer stop()
	err := s.Shutdown(closing)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
