using System.Globalization;
using CartoPlatform.Auth;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.Traffic.Activity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.HttpCache.Front;

/// <summary>An entry together with the decision that this caller may have it, and the response as it will be.</summary>
/// <param name="Entry">What answers.</param>
/// <param name="Caller">Whose token the decision was made with: another record means another decision.</param>
/// <param name="Connection">The same of the connection.</param>
/// <param name="Variant">In the coding that is accepted.</param>
/// <param name="CacheControl">For the browser.</param>
/// <param name="Label">What was asked for, in the record of calls.</param>
/// <param name="Slot">Where it is counted.</param>
internal sealed record FrontHit(
    CacheEntry Entry, Principal Caller, ConnectionRecord Connection, ContentVariant Variant, string CacheControl, CallLabel Label, int Slot)
{
    private static readonly string[] Ages = [.. Enumerable.Range(0, 3_600).Select(age => age.ToString(CultureInfo.InvariantCulture))];

    private static readonly StringValues Vary = "Accept-Encoding";
    private static readonly StringValues Hit = CacheOutcome.Hit;

    private Confirmation? _confirmed;
    private KeyValuePair<string, StringValues>[]? _around;

    public TokenRecord Token => Caller.Token;

    /// <summary>Null where it is not known.</summary>
    public long? Rows { get; } = Entry.Headers.FirstOrDefault(header => header.Key == AnsweredRows.Header).Value is { } rows
        && long.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>What the pipeline gives this answer beside its own headers; null while nobody has seen it.</summary>
    public IReadOnlyList<KeyValuePair<string, StringValues>>? Around => Volatile.Read(ref _around);

    /// <summary>Timestamp at which the records were last seen to be the same, and how often the directory had changed then.</summary>
    public (long At, long Changes) Confirmed => Volatile.Read(ref _confirmed) is { } known ? (known.At, known.Changes) : (0, -1);

    public void Confirm(long at, long changes) => Volatile.Write(ref _confirmed, new Confirmation(at, changes));

    /// <summary>
    /// Takes note of what this answer, which the pipeline writes now, is given on its way. With a header that is not known to be the same
    /// for the next one it says nothing, nor where its caller has left before it began: then it has not got all of them.
    /// </summary>
    public void LearnFrom(HttpResponse response) => response.OnCompleted(static state =>
    {
        var (hit, response) = ((FrontHit, HttpResponse))state;
        if (response.HasStarted && FrontHeaders.Around(response.Headers, hit.Entry.Headers) is { } around) Volatile.Write(ref hit._around, around);
        return Task.CompletedTask;
    }, (this, response));

    /// <summary>False where the whole pipeline has to look at the condition of the request.</summary>
    public bool Suits(IHttpRequestFeature request)
    {
        var condition = request.Headers.IfNoneMatch;
        return condition.Count == 0 || IsHeld(condition);
    }

    /// <param name="request">The caller's.</param>
    /// <param name="features">Where the answer goes.</param>
    /// <param name="ageSeconds">Of the answer.</param>
    /// <returns>Ends when it is written; its status and the bytes of its body.</returns>
    public (Task Writing, int Status, int Bytes) WriteAsync(IHttpRequestFeature request, IFeatureCollection features, long ageSeconds)
    {
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        var headers = response.Headers;
        foreach (var (name, value) in Around ?? []) headers[name] = value;
        foreach (var (name, value) in Entry.Headers) headers[name] = value;
        headers.CacheControl = CacheControl;
        headers.Vary = StringValues.Concat(headers.Vary, Vary);
        headers.ETag = Variant.Tag;
        headers.Age = ageSeconds < Ages.Length ? Ages[ageSeconds] : ageSeconds.ToString(CultureInfo.InvariantCulture);
        headers[CacheOutcome.StatusHeader] = Hit;
        if (IsHeld(request.Headers.IfNoneMatch))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return (Task.CompletedTask, StatusCodes.Status304NotModified, 0);
        }

        response.StatusCode = Entry.Status;
        var body = Variant.Body;
        if (body.Length == 0) return (Task.CompletedTask, Entry.Status, 0);
        headers.ContentType = Entry.ContentType;
        if (Variant.Coding is not null) headers.ContentEncoding = Variant.Coding;
        headers.ContentLength = body.Length;
        // When the caller leaves the server ends this by itself; a token of his would be made for this answer alone.
        var writing = features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body, CancellationToken.None);
        return (writing.IsCompletedSuccessfully ? Task.CompletedTask : writing.AsTask(), Entry.Status, body.Length);
    }

    private bool IsHeld(StringValues asked) => asked is [{ } condition] && Variant.Tag is not null && condition == Variant.Tag;

    private sealed record Confirmation(long At, long Changes);
}
