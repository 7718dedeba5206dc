namespace CartoPlatform.Topology.Tests.Deployment;

/// <summary>Needs Go and the distribution's packages of sprig and yaml: without them skipped at a desk, and failed where CI is set.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChartTheoryAttribute : TheoryAttribute
{
    public ChartTheoryAttribute()
    {
        var isThere = File.Exists("/usr/bin/go") && Directory.Exists("/usr/share/gocode/src/github.com/Masterminds/sprig") && Directory.Exists("/usr/share/gocode/src/gopkg.in/yaml.v3");
        if (!isThere && Environment.GetEnvironmentVariable("CI") is not { Length: > 0 })
            Skip = "There is no Go with sprig and yaml: install golang-go, golang-github-masterminds-sprig-dev and golang-gopkg-yaml.v3-dev.";
    }
}
