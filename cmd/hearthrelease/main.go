// Command hearthrelease writes the bill of materials of a release
// (CycloneDX 1.6), from what the Go linker wrote into its programs.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) < 4 || os.Args[1] != "sbom" {
		fmt.Fprintln(os.Stderr, "usage: hearthrelease sbom VERSION PROGRAM...")
		os.Exit(2)
	}
	if err := writeSBOM(os.Stdout, os.Args[2], os.Args[3:], os.Getenv("SOURCE_DATE_EPOCH")); err != nil {
		fmt.Fprintln(os.Stderr, "hearthrelease:", err)
		os.Exit(1)
	}
}

// The parts of CycloneDX 1.6 that are used; the names are the standard's.
type (
	bom struct {
		Schema       string       `json:"$schema"`
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Timestamp string    `json:"timestamp,omitempty"`
		Component component `json:"component"`
	}
	component struct {
		Ref        string      `json:"bom-ref,omitempty"`
		Type       string      `json:"type"`
		Name       string      `json:"name"`
		Version    string      `json:"version,omitempty"`
		PURL       string      `json:"purl,omitempty"`
		Hashes     []hash      `json:"hashes,omitempty"`
		Licenses   []license   `json:"licenses,omitempty"`
		Properties []property  `json:"properties,omitempty"`
		Components []component `json:"components,omitempty"`
	}
	hash struct {
		Alg     string `json:"alg"`
		Content string `json:"content"`
	}
	license struct {
		License struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref string   `json:"ref"`
		On  []string `json:"dependsOn,omitempty"`
	}
)

var errNoPrograms = errors.New("no program was named")

// writeSBOM writes one bill for programs that were built from one source. epoch
// is when that was committed, in seconds since 1970; empty for not known.
func writeSBOM(to io.Writer, version string, programs []string, epoch string) error {
	if len(programs) == 0 {
		return errNoPrograms
	}
	own := component{Ref: "hearth", Type: "application", Name: "hearth", Version: version, Licenses: make([]license, 1)}
	own.Licenses[0].License.ID = "MIT"
	made := map[string]component{}
	for _, program := range programs {
		file, err := madeOf(program, made)
		if err != nil {
			return err
		}
		own.Components = append(own.Components, file)
	}
	doc := bom{Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: metadata{Component: own}}
	if epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		doc.Metadata.Timestamp = time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	}
	root := dependency{Ref: own.Ref}
	for _, c := range made {
		doc.Components = append(doc.Components, c)
		root.On = append(root.On, c.Ref)
	}
	slices.SortFunc(doc.Components, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	slices.Sort(root.On)
	doc.Dependencies = []dependency{root}
	enc := json.NewEncoder(to)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

// madeOf adds the modules of a program and gives the program as a component.
func madeOf(program string, made map[string]component) (component, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return component{}, fmt.Errorf("read what %s is made of: %w", program, err)
	}
	body, err := os.ReadFile(program)
	if err != nil {
		return component{}, fmt.Errorf("read %s: %w", program, err)
	}
	sum := sha256.Sum256(body)
	file := component{Type: "file", Name: filepath.Base(program), Hashes: []hash{{"SHA-256", hex.EncodeToString(sum[:])}}}
	add := func(path, version, sum string) {
		c := component{Type: "library", Name: path, Version: version, PURL: "pkg:golang/" + path + "@" + version}
		c.Ref = c.PURL
		if sum != "" {
			c.Properties = []property{{"go:sum", sum}} // as in go.sum
		}
		made[c.Ref] = c
	}
	add("std", strings.TrimPrefix(info.GoVersion, "go"), "")
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		add(m.Path, m.Version, m.Sum)
	}
	return file, nil
}
