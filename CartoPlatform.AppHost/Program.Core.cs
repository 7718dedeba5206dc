// Without Aspire: the same topologies as plain processes, under the supervisor of ./carto up.
return await CartoPlatform.Cli.CartoCommand.RunAsync(["up", .. args]);
