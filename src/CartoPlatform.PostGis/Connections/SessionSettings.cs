namespace CartoPlatform.PostGis.Connections;

/// <summary>
/// Session defaults that travel in the start-up packet: no round trip, and <c>DISCARD ALL</c> comes back to them, whatever user SQL did.
/// </summary>
public static class SessionSettings
{
    /// <summary>How values are written and texts are read: the same in every session, as the scanner of user SQL takes for granted.</summary>
    public const string Forms = "-c TimeZone=UTC -c IntervalStyle=postgres -c DateStyle=ISO -c bytea_output=hex -c standard_conforming_strings=on";

    public const string ReadOnly = "-c default_transaction_read_only=on";
}
