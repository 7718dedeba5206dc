using System.Globalization;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>The account that the server runs under. PostgreSQL refuses to run as root, so root hands it to another one.</summary>
internal sealed record ServerAccount(string Name, uint UserId, uint GroupId, bool IsOurs)
{
    private const string Preferred = "postgres";
    private const string Fallback = "cartoplatform";

    /// <summary>The account of <paramref name="dataDirectory"/> when that exists, so that nobody loses access to a cluster.</summary>
    public static async Task<ServerAccount> ChooseAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var self = LibC.EffectiveUserId();
        if (self != 0)
            return new ServerAccount(Environment.UserName, self, 0, IsOurs: true);

        if (Directory.Exists(dataDirectory) && await OwnerOfAsync(dataDirectory, cancellationToken) is { UserId: not 0 } owner)
            return owner;

        return await FindAsync(Preferred, cancellationToken)
            ?? await FindAsync(Fallback, cancellationToken)
            ?? await CreateAsync(cancellationToken);
    }

    /// <summary>The command as this account runs it.</summary>
    public IReadOnlyList<string> Command(params IReadOnlyList<string> command) => IsOurs
        ? command
        : [
            "setpriv",
            string.Create(CultureInfo.InvariantCulture, $"--reuid={UserId}"),
            string.Create(CultureInfo.InvariantCulture, $"--regid={GroupId}"),
            "--clear-groups", "--inh-caps=-all", "--", .. command,
        ];

    public async Task<bool> CanEnterAsync(string directory, CancellationToken cancellationToken)
    {
        var run = await ToolRun.RunAsync(Command("sh", "-c", "cd \"$1\"", "sh", directory), cancellationToken);
        return run.ExitCode == 0;
    }

    /// <summary>Makes the account the owner of a file or folder that we have created.</summary>
    public void TakeOver(string path)
    {
        if (!IsOurs && LibC.ChangeOwner(path, UserId, GroupId) != 0)
            throw new ClusterException($"{path} could not be given to the account {Name} that PostgreSQL runs under.");
    }

    private static async Task<ServerAccount?> OwnerOfAsync(string path, CancellationToken cancellationToken)
    {
        var run = await ToolRun.RunAsync(["stat", "-L", "-c", "%U:%u:%g", path], cancellationToken);
        return run.ExitCode == 0 && run.Output.Trim().Split(':') is [var name, var user, var group]
            ? new ServerAccount(name, Number(user), Number(group), IsOurs: false)
            : null;
    }

    private static async Task<ServerAccount?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var user = await ToolRun.RunAsync(["id", "-u", name], cancellationToken);
        var group = await ToolRun.RunAsync(["id", "-g", name], cancellationToken);
        return user.ExitCode == 0 && group.ExitCode == 0
            ? new ServerAccount(name, Number(user.Output), Number(group.Output), IsOurs: false)
            : null;
    }

    private static async Task<ServerAccount> CreateAsync(CancellationToken cancellationToken)
    {
        await ToolRun.RunAsync(["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", Fallback], cancellationToken);
        return await FindAsync(Fallback, cancellationToken)
            ?? throw new ClusterException($"PostgreSQL does not run as root, and no account {Preferred} exists: create one with 'useradd --system {Fallback}', or start the platform as another user.");
    }

    private static uint Number(string text) => uint.Parse(text.Trim(), CultureInfo.InvariantCulture);
}
