package locate

import (
	"time"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Options are what a table may say about how its files are fetched and opened,
// whatever their format.
func Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "max_ratio", Kind: connector.CountOption, Default: "200", Doc: "how many times its size a compressed file may become, from 100 MB on; 0 is no limit"},
		{Name: "max_expanded", Kind: connector.SizeOption, Default: "1 TiB", Doc: "how large a compressed file, or what is read of an archive, may become; 0 is no limit"},
		{Name: "max_download", Kind: connector.SizeOption, Default: "100 GB", Doc: "how large a file from a URL, from stdin or an archive in a bucket may be; 0 is no limit"},
		{Name: authorizationOption, Kind: connector.SecretOption, Doc: "the header of that name for URLs, such as Bearer ${env:TOKEN}"},
		{Name: "timeout", Kind: connector.CountOption, Default: "60", Doc: "after how many seconds without a byte a download is given up and tried again"},
		{Name: "retries", Kind: connector.CountOption, Default: "5", Doc: "how often a download is tried again, with longer and longer pauses"},
	}
}

const (
	defaultDownload = 100e9
	defaultTimeout  = 60
	defaultRetries  = 5
)

// Limits are the options for what compressed data may become.
func Limits(s connector.Settings) connector.Limits {
	return connector.Limits{Ratio: orNone(s.Number("max_ratio", connector.DefaultRatio)), Expanded: orNone(s.Number("max_expanded", connector.DefaultExpanded))}
}

// orNone reads 0 as no limit.
func orNone(n int64) int64 {
	if n == 0 {
		return -1
	}
	return n
}

// maxDownload is how many bytes may be copied; negative is no limit.
func maxDownload(s connector.Settings) int64 {
	return orNone(s.Number("max_download", defaultDownload))
}

func timeout(s connector.Settings) time.Duration {
	return time.Duration(s.Number("timeout", defaultTimeout)) * time.Second
}

func retries(s connector.Settings) int { return int(s.Number("retries", defaultRetries)) }
