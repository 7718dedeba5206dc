namespace CartoPlatform.Cli.Loading;

/// <summary>A file of rows. It is read twice, to learn its columns and to load them, and a third time to find the line of an error.</summary>
internal interface IRowSource
{
    /// <summary>For messages.</summary>
    string Path { get; }

    /// <summary>Of coordinates that do not say theirs. Known after reading.</summary>
    int Srid { get; }

    /// <summary>Whether its rows may have places at all: if not, the table has no geometry. Known after reading.</summary>
    bool HasPlaces { get; }

    /// <summary>The share of the file that has been read.</summary>
    double Progress { get; }

    /// <exception cref="LoadException">The file is not what its name says.</exception>
    IAsyncEnumerable<SourceRow> ReadAsync(CancellationToken cancellationToken);
}
