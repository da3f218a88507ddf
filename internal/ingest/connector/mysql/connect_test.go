package mysql

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
	"github.com/tarn-lake/tarn/internal/secret"
)

func TestConnections(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"mysql://anna:p@ss/w:rd#?@db.example/shop", "anna p@ss/w:rd#? tcp db.example:3306 shop preferred"},
		{"mariadb://anna@[::1]:3307/shop?ssl-mode=DISABLED", "anna  tcp [::1]:3307 shop "},
		{"mysql://anna:x@localhost/shop?socket=/run/my.sock&ssl_mode=required", "anna x unix /run/my.sock shop skip-verify"},
		{"mysql://anna:x@h/", "anna x tcp h:3306  preferred"},
	} {
		config, err := parseConnection(&settings{Settings: database.Settings{Connection: secret.New(c.text)}})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := strings.Join([]string{config.User, config.Passwd, config.Net, config.Addr, config.DBName, config.TLSConfig}, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
	for _, text := range []string{"postgres://anna:s3cret@h/d", "mysql://anna:s3cret@h:port/d", "anna:s3cret@tcp(h)/d", "mysql://anna:s3cret@h/d?tls=maybe", "mysql://anna:s3cret@h/d?colour=red", "mysql://anna:s3cret@h/d?ssl-ca=/nowhere"} {
		_, err := parseConnection(&settings{Settings: database.Settings{Connection: secret.New(text)}})
		if err == nil || !strings.Contains(err.Error(), "bad-connection") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestTheNameIsVerifiedOnlyWhereThatIsAsked(t *testing.T) {
	for mode, want := range map[string][2]bool{"verify_ca": {true, true}, "verify_identity": {true, false}, "disabled": {false, false}} {
		config, err := parseConnection(&settings{Settings: database.Settings{Connection: secret.New("mysql://a:b@db.example/shop?ssl-mode=" + mode)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{config.TLS != nil, config.TLS != nil && config.TLS.InsecureSkipVerify}; got != want {
			t.Errorf("%s: %v", mode, got)
		}
		if mode == "verify_ca" && config.TLS.VerifyConnection == nil {
			t.Error("nobody verifies the chain")
		}
	}
}

func TestTextsCannotEndTheirQuotes(t *testing.T) {
	for text, want := range map[string]string{`it's`: `'it''s'`, `a\' OR 1=1`: `CONVERT(x'615C27204F5220313D31' USING utf8mb4)`} {
		if got := literal(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got := quote("a`b"); got != "`a``b`" {
		t.Error(got)
	}
}

func TestTypesOfTheCatalog(t *testing.T) {
	for written, want := range map[string]string{
		"decimal(10,2) unsigned": "decimal(10,2)", "decimal(38,2)": "decimal(38,2)", "decimal(39,2)": "string", "decimal(65,30)": "string",
		"bit(1)": "boolean", "bit(63)": "long", "bit(64)": "decimal(20,0)", "tinyint(1)": "boolean", "tinyint(4)": "int",
		"enum('decimal(1,2)')": "string", "uuid": "uuid",
	} {
		word, _, _ := strings.Cut(written, "(")
		c := column{word: word, natural: connector.Type{Kind: kinds[word]}}
		c.refine(written, true)
		if got := c.natural.String(); got != want {
			t.Errorf("%s: %s, want %s", written, got, want)
		}
	}
}
