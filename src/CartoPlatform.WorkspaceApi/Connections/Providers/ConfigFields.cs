using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Requests;

namespace CartoPlatform.WorkspaceApi.Connections.Providers;

/// <summary>
/// The settings of a warehouse in a request: members of <c>config</c>, of its <c>credentials</c>, or of the body itself, for CARTO's
/// clients write them all three ways.
/// </summary>
internal sealed class ConfigFields
{
    private readonly JsonBody _body;
    private readonly List<JsonBody> _parts = [];

    public ConfigFields(JsonBody body)
    {
        _body = body;
        var config = body.Object("config");
        foreach (var part in (JsonBody?[])[config?.Object("credentials"), config, body.Object("credentials"), body])
        {
            if (part is not null) _parts.Add(part);
        }
    }

    public string? Text(int maxLength, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var part in _parts)
            {
                if (part.Has(name)) return part.Text(name, maxLength);
            }
        }

        return null;
    }

    public int? Number(int min, int max, string name) => _parts.Find(part => part.Has(name))?.Number(name, min, max);

    public bool IsNull(string name) => _parts.Exists(part => part.Mentions(name)) && !_parts.Exists(part => part.Has(name));

    public (string? Username, string? Password) Login(string name, int maxName, int maxSecret)
    {
        if (_parts.Find(part => part.Has(name)) is not { } part || part.Object(name) is not { } login) return (null, null);
        var found = (login.RequiredText("username", maxName), login.Text("password", maxSecret));
        part.Adopt(login);
        return found;
    }

    public List<(string Host, int? Port)>? Places(string name, int maxCount, int maxLength)
    {
        if (_parts.Find(part => part.Has(name)) is not { } part || part.Objects(name, maxCount) is not { } items) return null;
        var places = new List<(string, int?)>();
        foreach (var item in items)
        {
            places.Add((item.RequiredText("host", maxLength), item.Number("port", 1, 65_535)));
            part.Adopt(item);
        }

        return places;
    }

    /// <summary>Logins by name; a password that is not mentioned is the one there was.</summary>
    public List<(string Name, string Username, string? Password)>? Logins(string name, int maxCount, int maxName, int maxSecret)
    {
        if (_parts.Find(part => part.Has(name)) is not { } part || part.Objects(name, maxCount) is not { } items) return null;
        var logins = new List<(string, string, string?)>();
        foreach (var item in items)
        {
            logins.Add((item.RequiredText("name", WorkspaceLimits.LoginNameLength), item.RequiredText("username", maxName), item.Text("password", maxSecret)));
            part.Adopt(item);
        }

        return logins;
    }

    /// <summary>Makes what is wrong with a part wrong with the request.</summary>
    public void Finish() => _parts.ForEach(_body.Adopt);
}
