using System.Diagnostics;
using System.Text.Json;

namespace CartoPlatform.Topology.Tests.Deployment;

/// <summary>What the chart renders, through the renderer in <c>tests/helm</c>.</summary>
internal static class Chart
{
    public const string Release = "maps";

    private static readonly Lazy<string> Renderer = new(Build);

    public static IReadOnlyList<JsonElement> Render(string topology, params string[] settings) => RenderAs(Release, topology, settings);

    public static IReadOnlyList<JsonElement> RenderAs(string release, string topology, params string[] settings) =>
        Documents(Asked(PathOf(), release, topology, settings));

    /// <summary>Of a copy of the chart in another folder.</summary>
    public static IReadOnlyList<JsonElement> RenderFrom(string chart, string topology) => Documents(Asked(chart, Release, topology, []));

    private static IReadOnlyList<JsonElement> Documents(string[] asked)
    {
        using var documents = JsonDocument.Parse(Run(Renderer.Value, ["-json", .. asked]));
        return [.. documents.RootElement.EnumerateArray().Select(document => document.Clone())];
    }

    /// <summary>What the chart's own schema has against values, for which Helm refuses them: nothing, when all is well.</summary>
    public static string FaultsOfValues(string topology, params string[] settings) =>
        Run(Validator, ["values.mjs"], Run(Renderer.Value, ["-values", .. Asked(PathOf(), Release, topology, settings)]), mayFail: true);

    /// <summary>What Kubernetes' own schemas have against documents: nothing, when all is well.</summary>
    public static string Faults(IReadOnlyList<JsonElement> documents) =>
        Run(Validator, [], JsonSerializer.Serialize(documents), mayFail: true);

    public static IEnumerable<JsonElement> OfKind(this IEnumerable<JsonElement> documents, string kind) =>
        documents.Where(document => document.GetProperty("kind").GetString() == kind);

    public static string NameOf(this JsonElement document) => document.GetProperty("metadata").GetProperty("name").GetString() ?? "";

    /// <summary>Of what has a name by itself, such as a variable or a volume.</summary>
    public static string Name(this JsonElement element) => element.GetProperty("name").GetString()!;

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => element.GetProperty(name).EnumerateArray();

    public static IEnumerable<JsonElement> Workloads(this IEnumerable<JsonElement> documents) =>
        documents.Where(document => document.GetProperty("kind").GetString() is "Deployment" or "StatefulSet");

    public static JsonElement Container(this JsonElement workload) => workload.PodOf().At("spec", "containers")[0];

    public static JsonElement At(this JsonElement element, params string[] path) => path.Aggregate(element, (at, name) => at.GetProperty(name));

    public static JsonElement PodOf(this JsonElement workload) => workload.At("spec", "template");

    /// <summary>What a volume holds of secrets, of which kind it is: each with the items that are taken of it.</summary>
    public static IEnumerable<SecretSource> Secrets(this JsonElement volume)
    {
        if (volume.TryGetProperty("secret", out var whole)) yield return new(whole.GetProperty("secretName").GetString()!, IsOptional: false, whole);
        if (!volume.TryGetProperty("projected", out var parts)) yield break;
        foreach (var part in parts.Items("sources").Where(part => part.TryGetProperty("secret", out _)).Select(part => part.GetProperty("secret")))
            yield return new(part.Name(), part.TryGetProperty("optional", out var optional) && optional.GetBoolean(), part);
    }

    private static string Validator => Path.Combine(Repository.Root, "tests", "helm", "validate.sh");

    private static string[] Asked(string chart, string release, string topology, string[] settings) =>
        [chart, release, "carto", Path.Combine(chart, $"values-{topology}.yaml"), .. settings];

    private static string PathOf() => Path.Combine(Repository.Root, "deploy", "helm");

    private static string Build()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "helm-render");
        Run("go", ["build", "-o", program, Path.Combine(Repository.Root, "tests", "helm", "render.go")]);
        return program;
    }

    private static string Run(string file, string[] arguments, string input = "", bool mayFail = false)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["GO111MODULE"], start.Environment["GOPATH"]) = ("off", "/usr/share/gocode");
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} could not be started.");
        var error = process.StandardError.ReadToEndAsync();
        var reading = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = reading.GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0 || (mayFail && output.Length > 0) ? output : throw new InvalidOperationException(error.GetAwaiter().GetResult());
    }
}
