namespace CartoPlatform.Tiles;

/// <summary>What the values of a column are.</summary>
public enum TileColumnKind
{
    /// <summary>Texts, and whatever else is sent as text: booleans, dates, JSON.</summary>
    Text,

    /// <summary>Numbers of any width.</summary>
    Number,
}
