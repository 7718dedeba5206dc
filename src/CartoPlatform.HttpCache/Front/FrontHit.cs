using System.Globalization;
using CartoPlatform.Auth;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.Traffic.Activity;
using Microsoft.AspNetCore.Http;
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

    public TokenRecord Token => Caller.Token;

    /// <summary>Null where it is not known.</summary>
    public long? Rows { get; } = Entry.Headers.FirstOrDefault(header => header.Key == AnsweredRows.Header).Value is { } rows
        && long.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>Timestamp at which the records were last seen to be the same, and how often the directory had changed then.</summary>
    public (long At, long Changes) Confirmed => Volatile.Read(ref _confirmed) is { } known ? (known.At, known.Changes) : (0, -1);

    public void Confirm(long at, long changes) => Volatile.Write(ref _confirmed, new Confirmation(at, changes));

    /// <summary>False where the whole pipeline has to look at the condition of the request.</summary>
    public bool Suits(HttpRequest request) => request.Headers.IfNoneMatch.Count == 0 || IsHeld(request);

    public Task WriteAsync(HttpContext context, long ageSeconds)
    {
        var response = context.Response;
        var headers = response.Headers;
        foreach (var (name, value) in Entry.Headers) headers[name] = value;
        headers.CacheControl = CacheControl;
        headers.Vary = StringValues.Concat(headers.Vary, Vary);
        headers.ETag = Variant.Tag;
        headers.Age = ageSeconds < Ages.Length ? Ages[ageSeconds] : ageSeconds.ToString(CultureInfo.InvariantCulture);
        headers[CacheOutcome.StatusHeader] = Hit;
        if (IsHeld(context.Request))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.StatusCode = Entry.Status;
        if (Variant.Body.Length == 0) return Task.CompletedTask;
        headers.ContentType = Entry.ContentType;
        if (Variant.Coding is not null) headers.ContentEncoding = Variant.Coding;
        headers.ContentLength = Variant.Body.Length;
        return response.Body.WriteAsync(Variant.Body, context.RequestAborted).AsTask();
    }

    private bool IsHeld(HttpRequest request) =>
        request.Headers.IfNoneMatch is [{ } condition] && Variant.Tag is not null && condition == Variant.Tag;

    private sealed record Confirmation(long At, long Changes);
}
