package main

import (
	"os"
	"path/filepath"
	"testing"

	"hearth/hub/journal"
)

// TestDoctorMissesTheReserve: a house without what is kept aside for a full disk
// is told so (S11); a folder without a house is not.
func TestDoctorMissesTheReserve(t *testing.T) {
	dir := t.TempDir()
	p := &patient{config: config{data: dir}}
	if p.noReserve() {
		t.Error("a folder without a house lacks a reserve")
	}
	s, err := journal.OpenSQLite(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if p.noReserve() {
		t.Error("a new house has no reserve")
	}
	if err := os.Remove(filepath.Join(dir, journal.ReserveFile)); err != nil {
		t.Fatal(err)
	}
	if !p.noReserve() {
		t.Error("the doctor does not miss it")
	}
}
