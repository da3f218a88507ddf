//go:build engines

package kafka

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/audit/kafka"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/test/engines/lab"
)

const password = "grey-donkey-7"

// certificate makes files in a folder: a certificate that vouches for itself, for
// this machine, and the same with its key.
func certificate(t *testing.T, folder, name string) (vouches, whole string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	vouches, whole = filepath.Join(folder, name+".pem"), filepath.Join(folder, name+"-whole.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	both := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), text...)
	for file, text := range map[string][]byte{vouches: text, whole: both} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return vouches, whole
}

// secureBroker is a broker with a second place, for those who are encrypted and log
// in as tarn.
func secureBroker(t *testing.T, whole string) (b *broker, at string) {
	t.Helper()
	at = fmt.Sprintf("127.0.0.1:%d", lab.FreePort(t))
	more := fmt.Sprintf(`ssl.keystore.type=PEM
ssl.keystore.location=%s
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_tarn="%s";
listener.name.secure.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`, whole, password)
	return newBroker(t, ",SECURE://"+at, more, "--add-scram", "SCRAM-SHA-256=[name=tarn,password="+password+"]", "--add-scram", "SCRAM-SHA-512=[name=tarn,password="+password+"]"), at
}

func events(ids ...string) (list []audit.Event) {
	for i, id := range ids {
		list = append(list, audit.Event{Position: int64(i + 1), Event: "submitted", ID: id, Query: "select 1"})
	}
	return list
}

// The record reaches a broker that is encrypted and asks who it is, by each way to
// log in; it tells nothing to one that nobody vouches for, and says why it is told
// nothing.
func TestABrokerMayBeEncryptedAndAskWhoItIs(t *testing.T) {
	folder := t.TempDir()
	vouches, whole := certificate(t, folder, "broker")
	other, _ := certificate(t, folder, "other")
	b, at := secureBroker(t, whole)
	tell := func(mechanism, ca, password string, within time.Duration) error {
		sink, err := kafka.New(kafka.Options{
			Brokers: []string{at}, Topic: "tarn.statements", TLS: true, CA: ca, Mechanism: mechanism, User: "tarn", Password: secret.New(password),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer sink.Close()
		ctx, stop := context.WithTimeout(t.Context(), within)
		defer stop()
		return sink.Deliver(ctx, events("by "+mechanism))
	}
	mechanisms := []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}
	for _, m := range mechanisms {
		if err := tell(m, vouches, password, 2*time.Minute); err != nil {
			t.Fatalf("%s: %v", m, err)
		}
	}
	for _, m := range mechanisms {
		err := tell(m, vouches, "brown "+password, 5*time.Second)
		if err == nil || !strings.Contains(err.Error(), "SASL") || strings.Contains(err.Error(), password) {
			t.Errorf("%s with another password: %v", m, err)
		}
	}
	if err := tell("PLAIN", other, password, 5*time.Second); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a broker that nobody vouches for: %v", err)
	}
	told := strings.Join(b.messages("tarn.statements", len(mechanisms)), "\n")
	for _, m := range mechanisms {
		if !strings.Contains(told, `"query_id":"by `+m+`"`) {
			t.Errorf("by %s nothing came: %s", m, told)
		}
	}
}
