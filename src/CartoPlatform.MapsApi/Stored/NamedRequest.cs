using CartoPlatform.MapsApi.Requests;

namespace CartoPlatform.MapsApi.Stored;

/// <summary>A request for a named table of finished tiles or blocks.</summary>
internal sealed record NamedRequest(string Name, AnswerOptions Answer)
{
    public const int MaxNameLength = 400;

    public static async ValueTask<Outcome<NamedRequest>> ReadAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        var parameters = await RequestParameters.ReadAsync(http, cancellationToken);
        if (!parameters.Succeeded) return parameters.Error;
        var answer = AnswerOptions.Read(parameters.Value);
        if (!answer.Succeeded) return answer.Error;
        var reader = new ParameterReader(parameters.Value);
        var name = reader.RequiredText(ParameterNames.Name, MaxNameLength);
        if (answer.Value.Format is not (null or "tilejson")) reader.Fail("The parameter format must be tilejson: finished tiles come in no other form");
        return reader.Error is { } error ? error : new NamedRequest(name, answer.Value);
    }

    public IReadOnlyList<KeyValuePair<string, string>> ToParameters() => [new(ParameterNames.Name, Name)];
}
