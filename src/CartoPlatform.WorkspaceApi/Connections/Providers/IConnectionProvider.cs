using System.Text.Json.Nodes;
using CartoPlatform.WorkspaceApi.Requests;

namespace CartoPlatform.WorkspaceApi.Connections.Providers;

/// <summary>
/// What differs from warehouse to warehouse in keeping a connection: what its settings are, how they are told without their secrets, and
/// whether it can be reached. What is stored is the provider's own text, opaque to everybody else. (One implementation for now: BigQuery,
/// Snowflake, Redshift and Databricks have their own issue, and the contract's words for them are known.)
/// </summary>
internal interface IConnectionProvider
{
    /// <summary>The contract's word for the warehouse.</summary>
    string Id { get; }

    /// <summary>Takes the settings out of a request, over those there are. What is wrong is told to the body; null then.</summary>
    ConnectionCredentials? Read(JsonBody body, ConnectionCredentials? current);

    /// <summary>The settings without anything secret.</summary>
    JsonObject Describe(ConnectionCredentials credentials);

    /// <summary>Why the warehouse cannot be used with these, in one clause without addresses or names; null when it can.</summary>
    /// <param name="credentials">The settings.</param>
    /// <param name="trustedHosts">Hosts that the platform's configuration names for the connection: they may be anywhere.</param>
    /// <param name="cancellationToken">The caller's.</param>
    Task<ConnectionTest> TestAsync(ConnectionCredentials credentials, IReadOnlyList<string> trustedHosts, CancellationToken cancellationToken);
}

/// <param name="Problem">Why it cannot be used; null when it can.</param>
/// <param name="Warnings">What its administrator should know.</param>
internal sealed record ConnectionTest(string? Problem, IReadOnlyList<string> Warnings);
