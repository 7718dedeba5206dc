using System.Text;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.WorkspaceClient.Caching;

internal static class MapDefinitionGuard
{
    public static void Check(string id, string definitionJson)
    {
        if (!WorkspaceNames.IsMapDefinitionId(id))
            throw new ArgumentException("A map definition's id has 1 to 128 letters, digits, '_' and '-'", nameof(id));
        if (Encoding.UTF8.GetByteCount(definitionJson) > WorkspaceLimits.MapDefinitionBytes)
            throw new BadHttpRequestException("The map definition is larger than 1 MiB", StatusCodes.Status413PayloadTooLarge);
    }
}
