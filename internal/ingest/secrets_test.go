package ingest

import "testing"

func TestAPasswordThatStandsInTheProjectIsFound(t *testing.T) {
	for text, want := range map[string]bool{
		"postgres://tarn:geheim@db/shop":                              true,
		"postgres://tarn:${env:PW}@db/shop":                           false,
		"postgres://db/shop?user=tarn&password=geheim":                true,
		"postgres://db/shop?user=tarn&password=${env:PW}":             false,
		"postgres://tarn@db/shop?sslmode=disable":                     false,
		"host=db user=tarn password=geheim":                           true,
		"host=db user=tarn password = geheim":                         true,
		"host=db user=tarn password = '${env:PW}'":                    false,
		"host=db user=tarn password=${env:PW}":                        false,
		"host=db user=tarn password='${file:pw}' sslmode=disable":     false,
		"tarn:geheim@tcp(db:3306)/shop":                               true,
		"tarn:${env:PW}@tcp(db:3306)/shop":                            false,
		"0123456789abcdef":                                            true,
		"host=db user=tarn sslpassword=geheim passfile=/run/pgpass":   true,
		"postgres://tarn@db/shop?sslpassword=geheim&sslmode=disable":  true,
		"postgres://tarn@db/shop?passfile=/run/secrets/pgpass&a=true": false,
	} {
		if got := holdsSecret("connection", text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestWhatIsNoAddressIsASecretAsAWhole(t *testing.T) {
	for text, want := range map[string]bool{
		"geheim": true, "p@ss/w=rd": true, "Basic dXNlcjpnZWhlaW0=": true,
		"": false, "${env:PW}": false, "Bearer ${env:TOKEN}": false,
	} {
		if got := holdsSecret("password", text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
