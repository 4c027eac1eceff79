// Package canary puts unique words, names and tokens through every input of
// hearth and then looks for them where they must not be: in what it logs, in
// its metrics, in its error pages, and in its data folder (practice A02, walls
// §2.6, §2.7, rank 4).
package canary

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Sort is what a canary stands for.
type Sort string

// Sorts. Words never reach the disk; names are gone from it after the close;
// tokens and addresses are nowhere outside the request that carried them.
const (
	Word    Sort = "word"
	Name    Sort = "name"
	Token   Sort = "token"
	Address Sort = "address"
)

// Bird is one canary and the input it went through.
type Bird struct {
	Sort Sort
	Song string
	Way  string
}

// Cage makes canaries and remembers them. It is for one goroutine.
type Cage struct {
	Birds []Bird
	rng   *rand.Rand
}

const letters = "bcdfghjkmnpqrstvwxz"

// New makes a canary: letters only, so that no encoding on the way changes it.
func (c *Cage) New(sort Sort, way string) string {
	b := make([]byte, 18)
	for i := range b {
		b[i] = letters[c.rng.IntN(len(letters))]
	}
	if sort == Token {
		b = append(b, []byte(strings.Repeat("A", 43-len(b)))...) // as long as a token
	}
	song := string(b)
	if sort == Name {
		song = strings.ToUpper(song[:1]) + song[1:14]
	}
	return c.Keep(sort, way, song)
}

// Keep remembers something that hearth or the machine made.
func (c *Cage) Keep(sort Sort, way, song string) string {
	c.Birds = append(c.Birds, Bird{sort, song, way})
	return song
}

// Find lists the canaries of some sorts that are in b, in whatever case.
func (c *Cage) Find(b []byte, sorts ...Sort) []Bird {
	b = bytes.ToLower(b)
	var found []Bird
	for _, bird := range c.Birds {
		for _, s := range sorts {
			if bird.Sort == s && bytes.Contains(b, []byte(strings.ToLower(bird.Song))) {
				found = append(found, bird)
			}
		}
	}
	return found
}

// FindInFolder looks through every file, side files and free pages included.
func (c *Cage) FindInFolder(dir string, sorts ...Sort) (hits []string, size int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		size += int64(len(b))
		for _, f := range c.Find(append(b, []byte(d.Name())...), sorts...) {
			hits = append(hits, fmt.Sprintf("%s (%s, by %s) in %s", f.Song, f.Sort, f.Way, d.Name()))
		}
		return nil
	})
	if err != nil {
		return hits, size, fmt.Errorf("look through the data folder: %w", err)
	}
	return hits, size, nil
}
