package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// lines of a file without comments and blank ones.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	return all
}

// TestDebUnit: the package's unit is shut in as tightly as the sample, with one
// thing more: the two ports that people and authorities knock at.
func TestDebUnit(t *testing.T) {
	unit := lines(sample(t, "deb/hearth.service"))
	differs := regexp.MustCompile(`^(Description|ExecStart|EnvironmentFile|LoadCredential|Environment|DynamicUser|CapabilityBoundingSet)=`)
	for _, line := range lines(sample(t, "hearth.service")) {
		if !differs.MatchString(line) && !slices.Contains(unit, line) {
			t.Errorf("%s is not there", line)
		}
	}
	for _, want := range []string{
		"User=hearth", "ExecStart=/usr/bin/hearth serve", "EnvironmentFile=/etc/hearth/hearth.env", "Environment=HEARTH_DATA=/var/lib/hearth",
		"AmbientCapabilities=CAP_NET_BIND_SERVICE", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE", "RestartPreventExitStatus=2",
	} {
		if !slices.Contains(unit, want) {
			t.Errorf("%s is not there", want)
		}
	}
}

// TestDebUnitsAreTaken: systemd itself, where it is installed, knows every line.
func TestDebUnitsAreTaken(t *testing.T) {
	dir := t.TempDir()
	args := []string{"verify"}
	for _, name := range []string{"hearth.service", "hearth-backup.service", "hearth-backup.timer"} {
		// The program is not installed here; what it is called is not in question.
		text := strings.ReplaceAll(sample(t, "deb/"+name), "/usr/bin/hearth", "/bin/true")
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze")
	}
	// It warns of a line that it does not know and ends well all the same.
	out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, dir) {
			t.Error(line)
		}
	}
	if err != nil {
		t.Errorf("it ends with %v\n%s", err, out)
	}
}

// TestDebSettings: hearth knows every line, refuses the name that is still to be
// filled in with a sentence that says so, and takes one that is.
func TestDebSettings(t *testing.T) {
	text := strings.ReplaceAll(sample(t, "deb/hearth.env"), "\n#HEARTH", "\nHEARTH")
	for _, named := range []bool{false, true} {
		env := []string{}
		for _, line := range lines(text) {
			name, value, ok := strings.Cut(line, "=")
			if !ok || !slices.ContainsFunc(settings, func(s struct{ flag, variable, standard string }) bool { return s.variable == name }) {
				t.Errorf("hearth knows no %s", line)
			}
			if named {
				value = strings.ReplaceAll(value, "CHANGE-ME", "groups.example.org")
			}
			env = append(env, name+"="+value)
		}
		got := hearthRun(t, env, "check-config")
		if named && got.code != exitOK || !named && (got.code != exitUsage || !strings.Contains(got.errs, "takes a name of your own")) {
			t.Errorf("with a name %v it ends with %d %s", named, got.code, got.errs)
		}
	}
}

// TestFirstServerNamesWhatIsThere: every label that the page sends people to is a
// label of the client, and the boxes of each kind that .ci/first-server runs are on it.
func TestFirstServerNamesWhatIsThere(t *testing.T) {
	page, err := os.ReadFile("../../docs/first-server.md")
	if err != nil {
		t.Fatal(err)
	}
	words := ""
	files, err := filepath.Glob("../../static/app/words/*.js")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files of words, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		words += string(text)
	}
	boxes := regexp.MustCompile("(?s)```.*?```")
	labels := regexp.MustCompile(`(?:^|[^*])\*([A-Z][^*\n]+)\*(?:[^*]|$)`).FindAllStringSubmatch(boxes.ReplaceAllString(string(page), ""), -1)
	if len(labels) < 5 {
		t.Fatalf("only %d labels were found", len(labels))
	}
	for _, label := range labels {
		if !strings.Contains(words, `"`+label[1]+`"`) {
			t.Errorf("no screen says %q", label[1])
		}
	}
	for _, kind := range []string{"```sh\n", "```sh update\n", "```sh remove\n", "```sh purge\n"} {
		if !strings.Contains(string(page), kind) {
			t.Errorf("there is no box %q", kind)
		}
	}
}
