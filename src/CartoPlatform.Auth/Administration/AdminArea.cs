namespace CartoPlatform.Auth.Administration;

/// <summary>What can be administered: each is a part of the API, and in OAuth scopes the word after <c>read:</c> or <c>write:</c>.</summary>
public enum AdminArea
{
    Tokens,
    Connections,
    NamedSources,
    Maps,

    /// <summary>Users, groups, OAuth clients, limits: who may come in, and how often.</summary>
    Accounts,

    /// <summary>Who called what, and who changed what.</summary>
    Activity,

    /// <summary>What is kept of answers.</summary>
    Cache,
}
