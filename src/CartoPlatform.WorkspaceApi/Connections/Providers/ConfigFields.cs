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
        string? found = null;
        foreach (var name in names)
        {
            if (Find(name) is { } part && found is null) found = part.Text(name, maxLength);
        }

        return found;
    }

    public int? Number(int min, int max, string name) => Find(name)?.Number(name, min, max);

    public bool IsNull(string name) => Find(name) is null && _parts.Exists(part => part.Mentions(name));

    public (string? Username, string? Password) Login(string name, int maxName, int maxSecret)
    {
        if (Find(name) is not { } part || part.Object(name) is not { } login) return (null, null);
        var found = (login.RequiredText("username", maxName), login.Text("password", maxSecret));
        login.RefuseOthers(name);
        part.Adopt(login);
        return found;
    }

    public List<(string Host, int? Port)>? Places(string name, int maxCount, int maxLength)
    {
        if (Find(name) is not { } part || part.Objects(name, maxCount) is not { } items) return null;
        var places = new List<(string, int?)>();
        foreach (var item in items)
        {
            places.Add((item.RequiredText("host", maxLength), item.Number("port", 1, 65_535)));
            item.RefuseOthers(name);
            part.Adopt(item);
        }

        return places;
    }

    /// <summary>Logins by name; a password that is not mentioned is the one there was.</summary>
    public List<(string Name, string Username, string? Password)>? Logins(string name, int maxCount, int maxName, int maxSecret)
    {
        if (Find(name) is not { } part || part.Objects(name, maxCount) is not { } items) return null;
        var logins = new List<(string, string, string?)>();
        foreach (var item in items)
        {
            logins.Add((item.RequiredText("name", WorkspaceLimits.LoginNameLength), item.RequiredText("username", maxName), item.Text("password", maxSecret)));
            item.RefuseOthers(name);
            part.Adopt(item);
        }

        return logins;
    }

    /// <summary>Makes what is wrong with a part wrong with the request, members included that are no settings: the body's own are not said yet.</summary>
    public void Finish()
    {
        foreach (var part in _parts)
        {
            if (part != _body) part.RefuseOthers("config");
            _body.Adopt(part);
        }
    }

    // All of them are asked, so that what is spelt twice is known in both places.
    private JsonBody? Find(string name)
    {
        JsonBody? found = null;
        foreach (var part in _parts)
        {
            if (part.Has(name)) found ??= part;
        }

        return found;
    }
}
