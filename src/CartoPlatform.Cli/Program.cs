using CartoPlatform.Cli;

return await CartoCommand.RunAsync(args);
