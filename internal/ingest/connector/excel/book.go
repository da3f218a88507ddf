package excel

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// book is an open workbook.
type book struct {
	in       connector.Input
	stored   connector.ReaderAtCloser
	parts    map[string]*zip.File
	settings settings
	// sheet is the part with the sheet that is read.
	sheet   string
	texts   []string
	formats []numberFormat
	// from1904 says that days count from 1904-01-01.
	from1904 bool
	// scratch is for the text of cells.
	scratch []byte
}

// oleMagic starts old .xls files, and workbooks with a password.
const oleMagic = "\xD0\xCF\x11\xE0"

// openBook opens a workbook and reads all but its sheets.
func openBook(ctx context.Context, in connector.Input, s settings) (*book, error) {
	stored, err := connector.OpenRandom(ctx, in)
	if err != nil {
		return nil, err
	}
	b := &book{in: in, stored: stored, settings: s, parts: map[string]*zip.File{}}
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *book) close() error { return b.stored.Close() }

func (b *book) open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	archive, err := zip.NewReader(b.stored, b.stored.Size())
	if err != nil {
		return b.noArchive(err)
	}
	for _, f := range archive.File {
		b.parts[strings.ToLower(strings.TrimPrefix(path.Clean("/"+f.Name), "/"))] = f
	}
	if err := b.workbook(); err != nil {
		return err
	}
	return nil
}

// noArchive says why a file is no workbook.
func (b *book) noArchive(err error) error {
	var head [4]byte
	n, readErr := b.stored.ReadAt(head[:], 0)
	switch {
	case readErr != nil && !errors.Is(readErr, io.EOF):
		return fmt.Errorf("read %s: %w", b.in.Name, readErr)
	case n < len(head):
		return b.problem("truncated", "the file has %d bytes, which no workbook is as short as", b.stored.Size())
	case string(head[:]) == oleMagic:
		return diag.New("unfit-file", diag.Place{File: b.in.Name}, "the file is an old .xls workbook, or has a password").
			WithHint("save it as .xlsx without a password")
	case string(head[:2]) == "PK":
		return b.problem("truncated", "the file starts as a workbook does but lacks its end: it was cut off (%v)", err)
	}
	return b.problem("damaged", "the file is no .xlsx workbook: %v", err)
}

// workbook finds the sheet, and reads what its cells refer to.
func (b *book) workbook() error {
	names, err := b.relations("_rels/.rels", "")
	if err != nil {
		return err
	}
	main := names.kind("officeDocument")
	if main == "" {
		return b.problem("damaged", "the file is no workbook: it names no main part")
	}
	folder, file := path.Split(main)
	parts, err := b.relations(folder+"_rels/"+file+".rels", folder)
	if err != nil {
		return err
	}
	sheets, err := b.sheets(main)
	if err != nil {
		return err
	}
	if err := b.chooseSheet(sheets, parts); err != nil {
		return err
	}
	if shared := parts.kind("sharedStrings"); shared != "" {
		if err := b.sharedTexts(shared); err != nil {
			return err
		}
	}
	if styles := parts.kind("styles"); styles != "" {
		return b.styles(styles)
	}
	return nil
}

// sheet is one sheet of the workbook.
type sheet struct {
	name, id string
	hidden   bool
}

// sheets are those of the workbook, in order.
func (b *book) sheets(main string) (sheets []sheet, err error) {
	if strings.HasSuffix(main, ".bin") {
		return nil, diag.New("unfit-file", diag.Place{File: b.in.Name}, "the file is a binary workbook (.xlsb)").WithHint("save it as .xlsx")
	}
	err = b.xml(main, func(x *xmlReader) error {
		for x.next() {
			switch x.start() {
			case "workbookPr":
				b.from1904 = isTrue(x.attribute("date1904"))
			case "sheet":
				state := x.attribute("state")
				sheets = append(sheets, sheet{x.attribute("name"), x.attribute("id"), state == "hidden" || state == "veryHidden"})
			}
		}
		return x.err
	})
	return sheets, err
}

func isTrue(text string) bool { return text == "1" || text == "true" }

// chooseSheet finds the part with the sheet that is to be read.
func (b *book) chooseSheet(sheets []sheet, parts relations) error {
	var names []string
	for _, s := range sheets {
		wanted := ident.Fold(s.name) == ident.Fold(b.settings.sheet)
		if b.settings.sheet == "" {
			wanted = !s.hidden
		}
		target := parts.id(s.id)
		// Charts have sheets of their own, without cells.
		if wanted && target != "" && strings.Contains(target, "worksheets/") {
			b.sheet = target
			return nil
		}
		names = append(names, fmt.Sprintf("%q", s.name))
	}
	if b.settings.sheet == "" {
		return diag.New("no-sheet", diag.Place{File: b.in.Name}, "the workbook has no visible sheet").
			WithHint("name one with sheet: %s", strings.Join(names, " | "))
	}
	return diag.New("no-sheet", diag.Place{File: b.in.Name}, "the workbook has no sheet %q", b.settings.sheet).
		WithHint("its sheets are %s", strings.Join(names, ", "))
}

// relations tell by id and kind which part another part refers to.
type relations []struct{ id, kind, target string }

func (r relations) kind(kind string) string {
	for _, one := range r {
		if path.Base(one.kind) == kind {
			return one.target
		}
	}
	return ""
}

func (r relations) id(id string) string {
	for _, one := range r {
		if one.id == id {
			return one.target
		}
	}
	return ""
}

// relations reads what a part in a folder refers to.
func (b *book) relations(name, folder string) (all relations, err error) {
	err = b.xml(name, func(x *xmlReader) error {
		for x.next() {
			if x.start() != "Relationship" || x.attribute("TargetMode") == "External" {
				continue
			}
			target := x.attribute("Target")
			if !strings.HasPrefix(target, "/") {
				target = "/" + folder + target
			}
			target = strings.TrimPrefix(path.Clean(target), "/")
			all = append(all, struct{ id, kind, target string }{x.attribute("Id"), x.attribute("Type"), target})
		}
		return x.err
	})
	return all, err
}

func (b *book) problem(code, format string, args ...any) *diag.Problem {
	return diag.New(code, diag.Place{File: b.in.Name}, format, args...).
		WithHint("nothing of it was loaded; fetch or save the whole workbook again")
}
