package web

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

var (
	// scripts finds the module scripts of index.html.
	scripts = regexp.MustCompile(`<script type="module" src="` + regexp.QuoteMeta(basePlaceholder) + `/([^"]+)"`)
	// imports finds what a module loads before it runs: "import … from './x.js'",
	// "import './x.js'" and "export … from './x.js'" at the start of a line.
	// import() inside code is loaded when it is needed and is left alone.
	imports = regexp.MustCompile(`(?m)^\s*(?:import|export)\s*(?:[^"';()]*?\sfrom\s*)?["'](\.{1,2}/[^"']+)["']`)
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
		for _, m := range imports.FindAllSubmatch(p.assets[order[i]].plain, -1) {
			name := path.Join(path.Dir(order[i]), string(m[1]))
			if !strings.HasSuffix(name, ".js") {
				continue
			}
			if err := visit(order[i], name); err != nil {
				return nil, err
			}
		}
	}
	return order, nil
}
