namespace CartoPlatform.EmbeddedPostGis.Binaries;

/// <summary>One PostgreSQL of this machine, with its PostGIS (null when that major version has none).</summary>
public sealed record PostgresInstallation(int Major, string BinDirectory, Version? PostGis, bool HasStatementStatistics)
{
    /// <summary>The versions the platform is made for. Older ones lack functions it calls, newer ones are untried.</summary>
    public const int OldestMajor = 13;

    public const int NewestMajor = 18;

    public static readonly Version OldestPostGis = new(3, 3);

    public bool IsUsable => Major is >= OldestMajor and <= NewestMajor && PostGis >= OldestPostGis;

    public string Tool(string name) => Path.Combine(BinDirectory, name);

    public override string ToString() => PostGis is null ? $"PostgreSQL {Major}" : $"PostgreSQL {Major} with PostGIS {PostGis}";
}
