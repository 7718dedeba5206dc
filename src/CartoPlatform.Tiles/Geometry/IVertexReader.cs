namespace CartoPlatform.Tiles.Geometry;

/// <summary>Gives the vertices of a line or ring one after the other, and takes those that are needed to the tile.</summary>
internal interface IVertexReader
{
    /// <summary>
    /// The next vertex that has a place; false at the end. Of a run that lies wholly beyond one side of the tile the vertices between its
    /// first and last may be left out: what is in the tile stays the same.
    /// </summary>
    bool TryRead(out SourceVertex vertex);

    /// <summary>Also of places beyond the Mercator square.</summary>
    TilePoint ToTile(in SourceVertex vertex);
}

/// <summary>A vertex in the units of its source.</summary>
/// <param name="X">To the east.</param>
/// <param name="Y">North or south, as the source has it.</param>
/// <param name="Beyond">The sides of the buffered tile that it surely lies beyond, none when in doubt.</param>
internal readonly record struct SourceVertex(double X, double Y, Sides Beyond);
