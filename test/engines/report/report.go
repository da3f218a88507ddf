// Package report is for opening the page that `tarn report` writes in a real
// browser, as somebody would who has a mouse, only a keyboard, or a screen
// reader.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Node 20, npm and Chromium. What the page says
// is tested beside package explain.
package report
