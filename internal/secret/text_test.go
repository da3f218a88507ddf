package secret

import "testing"

func TestWhatLooksLikeASecretIsHidden(t *testing.T) {
	for in, want := range map[string]string{
		"select 1": "select 1",
		"attach 'postgres://anna:s3cret@db/shop'":         "attach 'postgres://anna:***@db/shop'",
		"attach 'https://db/shop?a=b'":                    "attach 'https://db/shop?a=b'",
		"attach 'host=db password=s3cret user=anna'":      "attach 'host=db password=*** user=anna'",
		"create user anna password 's3''cret'":            "create user anna password '***'",
		`alter user anna password E's3\'c''ret' valid`:    "alter user anna password '***' valid",
		"alter user anna password $x$s3'cret$x$ valid":    "alter user anna password '***' valid",
		`set password = 'abc\', x`:                        "set password = '***', x",
		"create secret (type s3, secret 'abc', region x)": "create secret (type s3, secret '***', region x)",
		"create secret (API_KEY := \"abc\")":              "create secret (API_KEY := '***')",
		"select * from t where token = 'abc'":             "select * from t where token = '***'",
		"select * from t where token = other":             "select * from t where token = other",
		"select passwords, key from t":                    "select passwords, key from t",
		"select '{\"password\": \"abc\"}'":                "select '{\"password\": '***'}'",
		"select 'https://x/?a=1&token=abc&b=2'":           "select 'https://x/?a=1&token=***&b=2'",
	} {
		if got := HideIn(in); got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
}
