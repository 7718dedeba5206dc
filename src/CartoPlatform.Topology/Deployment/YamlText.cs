using System.Text;

namespace CartoPlatform.Topology.Deployment;

/// <summary>YAML as people write it: maps and lists, indented by two; texts that could be anything else are quoted.</summary>
internal sealed class YamlText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public YamlText Line(string text = "")
    {
        if (text.Length > 0) _text.Append(' ', 2 * _depth).Append(text);
        _text.Append('\n');
        return this;
    }

    public YamlText Comment(string text) => Line("# " + text);

    public YamlText Map(string name, Action content)
    {
        Line(name + ":");
        _depth++;
        content();
        _depth--;
        return this;
    }

    public YamlText Value(string name, string plain) => Line($"{name}: {plain}");

    public YamlText Text(string name, string value) => Line($"{name}: {Quote(value)}");

    /// <summary>On one line; nothing where the list is empty.</summary>
    public YamlText List(string name, IEnumerable<string> items)
    {
        var all = items.ToList();
        return all.Count == 0 ? this : Line($"{name}: [{string.Join(", ", all)}]");
    }

    public static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    public override string ToString() => _text.ToString();
}
