using System.CommandLine;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Topology.Deployment;

namespace CartoPlatform.Cli.Commands;

/// <summary>For those who change the records: what follows from them is written anew.</summary>
internal static class DeployFilesCommand
{
    public static Command Create()
    {
        var command = new Command("deploy-files", "Write what follows from the topologies' records into deploy/.") { Hidden = true };
        command.SetAction(_ =>
        {
            foreach (var (path, text) in DeployFiles.All)
            {
                var file = Path.Combine(RepositoryLayout.Root, "deploy", path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!); // Not null: a path of a file.
                File.WriteAllText(file, text);
                Console.WriteLine(file);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
