using CartoPlatform.Auth.Sources;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.SqlApi.Results;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>What a caller asks to run.</summary>
/// <param name="Asked">The SQL or the name as it was sent, which is what grants are compared with.</param>
/// <param name="Query">The statement with its values.</param>
/// <param name="Values">The values of its placeholders as they were sent in a URL; null without any.</param>
/// <param name="Writer">The format of the answer.</param>
internal sealed record QueryRequest(AskedQuery Asked, BoundQuery Query, string? Values, IResultWriter Writer);
