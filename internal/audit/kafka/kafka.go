// Package kafka is for the record of statements in a topic of Kafka: an event is
// a message in JSON, with the statement's id as key, so that those of one
// statement stay in order.
//
// It promises that what it was told is with all replicas in sync when Deliver
// returns, and that what it says of a broker shows no password. It leaves to
// others to try again.
package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/secret"
)

// Options say which topic of which cluster.
type Options struct {
	Brokers []string
	Topic   string
	// TLS encrypts the connections; CA is a file with the certificates of who
	// vouches for the brokers, "" is those of the system.
	TLS bool
	CA  string
	// Mechanism is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, "" is none; User and
	// Password are for it.
	Mechanism, User string
	Password        secret.Text
}

// Sink writes to the topic. It is safe for concurrent use.
type Sink struct {
	Options
	client *kgo.Client
}

// New returns a sink; brokers are asked when there is something to tell.
func New(o Options) (*Sink, error) {
	if len(o.Brokers) == 0 || o.Topic == "" {
		return nil, errors.New("a topic for the record needs brokers and a name")
	}
	settings := []kgo.Opt{
		kgo.SeedBrokers(o.Brokers...), kgo.DefaultProduceTopic(o.Topic), kgo.AllowAutoTopicCreation(), kgo.ClientID("tarn"),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		// What was told once too often is no harm, and a producer that is not
		// idempotent gives up when it is told to; one request at a time keeps order.
		kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(1),
	}
	if o.TLS {
		c, err := o.encryption()
		if err != nil {
			return nil, err
		}
		settings = append(settings, kgo.DialTLSConfig(c))
	}
	if o.Mechanism != "" {
		m, err := o.login()
		if err != nil {
			return nil, err
		}
		settings = append(settings, kgo.SASL(m))
	}
	client, err := kgo.NewClient(settings...)
	if err != nil {
		return nil, o.Password.ScrubError(err)
	}
	return &Sink{o, client}, nil
}

func (o Options) encryption() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CA == "" {
		return c, nil
	}
	pem, err := os.ReadFile(o.CA)
	if err != nil {
		return nil, err
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", o.CA)
	}
	return c, nil
}

func (o Options) login() (sasl.Mechanism, error) {
	switch o.Mechanism {
	case "PLAIN":
		return plain.Auth{User: o.User, Pass: o.Password.Reveal()}.AsMechanism(), nil
	case "SCRAM-SHA-256":
		return scram.Auth{User: o.User, Pass: o.Password.Reveal()}.AsSha256Mechanism(), nil
	case "SCRAM-SHA-512":
		return scram.Auth{User: o.User, Pass: o.Password.Reveal()}.AsSha512Mechanism(), nil
	}
	return nil, fmt.Errorf("%s is not a way to log in that is known here", o.Mechanism)
}

// Name is what the sink is known by.
func (s *Sink) Name() string { return "kafka" }

// Deliver sends events, and waits until they are safe.
func (s *Sink) Deliver(ctx context.Context, events []audit.Event) error {
	messages := make([]*kgo.Record, len(events))
	for i, e := range events {
		messages[i] = &kgo.Record{Key: []byte(e.ID), Value: e.JSON(), Timestamp: e.At}
	}
	err := s.client.ProduceSync(ctx, messages...).FirstErr()
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.because(ctx, err)
	}
	return s.Password.ScrubError(err)
}

// askWithin is how long brokers may take to say what is wrong.
const askWithin = 5 * time.Second

// because adds why nothing could be sent in time. The client tries again by itself
// until it is told to stop, and does not say.
func (s *Sink) because(ctx context.Context, err error) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), askWithin)
	defer stop()
	if why := s.client.Ping(ctx); why != nil {
		return fmt.Errorf("%w: %w", err, why)
	}
	return err
}

// Close ends the connections.
func (s *Sink) Close() { s.client.Close() }
