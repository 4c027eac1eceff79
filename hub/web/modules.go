package web

import (
	"fmt"
	"path"
	"regexp"
)

var (
	// scripts finds the module scripts of index.html.
	scripts = regexp.MustCompile(`<script type="module" src="` + regexp.QuoteMeta(basePlaceholder) + `/([^"]+)"`)
	// imports finds what a module loads before it runs: "import … from './x.js'",
	// "import './x.js'" and "export … from './x.js'" at the start of a line.
	imports = regexp.MustCompile(`(?m)^\s*(?:import|export)\s*(?:[^"';()]*?\sfrom\s*)?["'](\.{1,2}/[^"']+)["']`)
	// dynamic finds what a module loads while it runs, where it says so in plain
	// words: import("./x.js"). A path that is put together is for later and is
	// left alone.
	dynamic = regexp.MustCompile(`\bimport\(\s*["'](\.{1,2}/[^"']+\.js)["']\s*\)`)
)

// modules lists every module that the scripts of the page lead to, nearest
// first, each once. A module that names one that is not there is an error: the
// page would stay empty.
func (p *pages) modules(index []byte) ([]string, error) {
	var order []string
	seen := map[string]bool{}
	visit := func(from, name string) error {
		if seen[name] {
			return nil
		}
		if _, there := p.assets[name]; !there {
			return fmt.Errorf("%s loads %s, which is not there", from, name)
		}
		seen[name] = true
		order = append(order, name)
		return nil
	}
	for _, m := range scripts.FindAllSubmatch(index, -1) {
		if err := visit("index.html", string(m[1])); err != nil {
			return nil, err
		}
	}
	for i := 0; i < len(order); i++ {
		from, code := order[i], p.assets[order[i]].plain
		for _, m := range imports.FindAllSubmatch(code, -1) {
			if err := visit(from, path.Join(path.Dir(from), string(m[1]))); err != nil {
				return nil, err
			}
		}
		for _, m := range dynamic.FindAllSubmatch(code, -1) {
			name := path.Join(path.Dir(from), string(m[1]))
			if _, there := p.assets[name]; there { // a comment may name a type elsewhere
				_ = visit(from, name)
			}
		}
	}
	return order, nil
}
