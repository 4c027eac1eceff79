package drive

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// Build compiles cmd/hearth into dir, with build tags when given, and gives
// the program's path.
func Build(ctx context.Context, dir, tags string) (string, error) {
	out := filepath.Join(dir, "hearth"+tags)
	args := []string{"build", "-o", out}
	if tags != "" {
		args = append(args, "-tags", tags)
	}
	if b, err := exec.CommandContext(ctx, "go", append(args, "hearth/cmd/hearth")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("build hearth: %w\n%s", err, b)
	}
	return out, nil
}
