//go:build engines

package secrets

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/tarn-lake/tarn/internal/secret/awssm"
	"github.com/tarn-lake/tarn/test/engines/lab"
)

const requirements = "moto[server]==5.1.22\n"

func TestSecretsOfAWSSecretsManager(t *testing.T) {
	python := lab.Python(t, requirements)
	port := lab.FreePort(t)
	lab.Serve(t, port, exec.Command(python, "-m", "moto.server", "-H", "127.0.0.1", "-p", strconv.Itoa(port)))
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:"+strconv.Itoa(port))
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	account, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := secretsmanager.NewFromConfig(account)
	for name, value := range map[string]string{"shop/db": `{"user":"anna","password":"s3cret"}`, "token": "abc def"} {
		if _, err := client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &value}); err != nil {
			t.Fatal(err)
		}
	}
	store := &awssm.Store{}
	for _, c := range []struct{ name, want, err string }{
		{name: "shop/db#password", want: "s3cret"},
		{name: "token", want: "abc def"},
		{name: "shop/db#pasword", err: "did you mean #password?"},
		{name: "token#x", err: "no JSON object"},
		{name: "none", err: "no such secret in this account and region"},
	} {
		got, err := store.Lookup(t.Context(), c.name)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q %v, want %q %s", c.name, got, err, c.want, c.err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s shows the secret: %v", c.name, err)
		}
	}
}
