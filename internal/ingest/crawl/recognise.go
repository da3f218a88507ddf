package crawl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
)

const (
	// sampleFiles of a group are looked at, sampleBytes of each.
	sampleFiles = 5
	sampleBytes = 512 << 10
	// enough records of one file show whether a format fits.
	enough = 20_000
	// sure is the share of records that must fit for a format to be proposed.
	sure = 0.5
)

// precedence has the formats from the strictest to the one that takes nearly
// everything: of formats that fit equally well the strictest is meant.
var precedence = []string{"parquet", "avro", "orc", "excel", "ndjson", "json", "xml", "access_log", "syslog", "logfmt", "java_log", "csv"}

func rank(f connector.Format) int {
	if i := slices.Index(precedence, f.Name()); i >= 0 {
		return i
	}
	return len(precedence)
}

// recognition is what a group of files was found to be.
type recognition struct {
	// format is nil where none fits, and then why says why.
	format     connector.Format
	columns    []connector.Column
	confidence float64
	evidence   []string
	why        string
}

// recognise finds out what some files are, from a sample of them.
func (c *Crawler) recognise(ctx context.Context, files []locate.File) (recognition, error) {
	inputs, whole, why, err := c.samples(ctx, files)
	if err != nil || why != "" {
		return recognition{why: why}, err
	}
	var best trial
	formats := slices.SortedStableFunc(slices.Values(c.Formats), func(a, b connector.Format) int { return rank(a) - rank(b) })
	for _, f := range formats {
		read := inputs
		if f.Name() == "xml" {
			read = whole // a document that was cut is none
		}
		t, err := try(ctx, f, read)
		if err != nil {
			return recognition{}, err
		}
		if t.score() > best.score() {
			best = t
		}
	}
	if best.score() < sure {
		return recognition{why: "no format fits it: declare one, or leave it"}, nil
	}
	return recognition{
		format: best.format, columns: best.columns, confidence: best.score(),
		evidence: best.evidence(len(inputs), len(files)),
	}, nil
}

// samples are the first bytes of some of the files, spread over all, and these
// files whole.
func (c *Crawler) samples(ctx context.Context, files []locate.File) (heads, whole []connector.Input, why string, err error) {
	n := min(sampleFiles, len(files))
	for i := range n {
		f := files[i*(len(files)-1)/max(1, n-1)]
		if f.Size == 0 {
			continue
		}
		all := connector.Input{Name: f.Name, Size: f.Size, Open: f.Open, At: f.At}
		head, err := sample(ctx, all)
		if err != nil {
			if ctx.Err() != nil {
				return nil, nil, "", ctx.Err()
			}
			return nil, nil, err.Error(), nil
		}
		heads, whole = append(heads, head), append(whole, all)
	}
	if len(heads) == 0 {
		return nil, nil, "empty", nil
	}
	return heads, whole, "", nil
}

// sample is a file cut behind a line, where it is text; else the file itself.
func sample(ctx context.Context, whole connector.Input) (connector.Input, error) {
	content, err := connector.OpenContent(ctx, whole, "", false)
	if err != nil {
		return whole, err
	}
	head := make([]byte, sampleBytes)
	n, err := io.ReadFull(content, head)
	head = head[:n]
	cut := err == nil
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return whole, errors.Join(err, content.Close())
	}
	if err := content.Close(); err != nil {
		return whole, err
	}
	if encoding := connector.SniffEncoding(head, !cut); encoding.ByteBased() && bytes.IndexByte(head, 0) >= 0 {
		return whole, nil // no text
	}
	if cut {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	if len(head) == 0 {
		return whole, nil
	}
	return connector.Input{
		Name: whole.Name, Size: int64(len(head)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(head)), nil },
	}, nil
}

// trial is how well a format fits.
type trial struct {
	format       connector.Format
	columns      []connector.Column
	records, fit int64
	// named says that the files are called what they are.
	named bool
}

// errEnough ends a trial early.
var errEnough = errors.New("enough was read")

// tally counts records.
type tally struct{ rows, rejects int64 }

func (t *tally) Rows(b arrow.RecordBatch) error {
	t.rows += b.NumRows()
	return t.check()
}

func (t *tally) Reject(connector.Reject) error {
	t.rejects++
	return t.check()
}

func (t *tally) check() error {
	if t.rows+t.rejects > enough {
		return errEnough
	}
	return nil
}

// try reads the inputs as one format. A format that cannot read them has a
// score of 0; an error is returned only where the context has ended.
func try(ctx context.Context, f connector.Format, inputs []connector.Input) (trial, error) {
	t := trial{format: f, named: named(f.Name(), inputs[0].Name)}
	layout, err := f.Infer(ctx, inputs, connector.Request{Evolve: true, SampleBytes: sampleBytes * int64(len(inputs))})
	for range 10 {
		if err != nil {
			return trial{format: f}, ctx.Err()
		}
		t.columns, t.records, t.fit = layout.Columns, 0, 0
		for _, in := range inputs {
			sink := &tally{}
			if _, err = f.Read(ctx, in, layout, sink); err != nil && !errors.Is(err, errEnough) {
				break
			}
			err = nil
			t.records += sink.rows + sink.rejects
			t.fit += sink.rows
		}
		var wider *connector.WidenError
		if !errors.As(err, &wider) {
			break
		}
		layout, err = layout.Widen(wider), nil
	}
	if err != nil {
		return trial{format: f}, ctx.Err()
	}
	return t, nil
}

// score is how likely the next record fits, by Laplace's rule of succession: a
// few records that fit prove less than many. Lines of text that no delimiter parts
// are a table only where their name says so.
func (t trial) score() float64 {
	if t.records == 0 || t.fit == 0 {
		return 0
	}
	s := float64(t.fit+1) / float64(t.records+2)
	if t.format.Name() == "csv" && len(t.columns) == 1 {
		if !t.named {
			return 0
		}
		s *= 0.6
	}
	return s
}

// named reports whether a file is called what it is, such as x.csv.gz.
func named(format, file string) bool {
	file = strings.ToLower(file)
	for _, e := range compressions {
		file = strings.TrimSuffix(file, e)
	}
	return strings.HasSuffix(file, "."+format)
}

// evidence says what the score comes from.
func (t trial) evidence(looked, files int) []string {
	from := "the sample"
	if looked < files {
		from = fmt.Sprintf("a sample of %d files", looked)
	}
	e := []string{fmt.Sprintf("%d of %d records in %s are %s", t.fit, t.records, from, t.format.Name())}
	var text []string
	for _, c := range t.columns {
		if c.Origin == connector.Unseen {
			text = append(text, c.Name)
		}
	}
	if len(text) > 0 {
		e = append(e, "without a value in the sample: "+strings.Join(text, ", "))
	}
	return e
}
