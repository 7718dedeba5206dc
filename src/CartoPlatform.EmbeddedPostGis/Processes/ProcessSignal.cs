namespace CartoPlatform.EmbeddedPostGis.Processes;

/// <summary>Signals by their numbers, which are the same on every system we run on.</summary>
public enum ProcessSignal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
}
