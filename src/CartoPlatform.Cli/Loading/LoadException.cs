using System.Globalization;

namespace CartoPlatform.Cli.Loading;

/// <summary>A file that cannot be loaded, in one sentence that begins with where.</summary>
internal sealed class LoadException(string path, long? line, string problem)
    : Exception(line is null ? $"{path}: {problem}" : string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: {problem}"));
