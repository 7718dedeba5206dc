using CartoPlatform.Contracts.Caching;

namespace CartoPlatform.PostGis.Changes;

/// <summary>Numbers that stand where a relation's oid does, for changes of the catalogue (<c>deploy/postgis/init/changes/install.sql</c>).</summary>
internal static class CatalogParts
{
    /// <summary>Something that any statement may depend on: functions, types, policies, rights.</summary>
    public const uint Definitions = RelationVersion.Definitions;

    /// <summary>A relation was made, altered or dropped: a name may mean something else.</summary>
    public const uint Names = 1;

    /// <summary>Anything at all: what was looked up before may be outdated.</summary>
    public const uint Everything = 2;
}
