namespace CartoPlatform.Load.Measuring;

/// <summary>One way to do a thing.</summary>
/// <param name="Name">In the report.</param>
/// <param name="RunAsync">Does it once, and tells how many bytes came of it.</param>
internal sealed record Contestant(string Name, Func<Task<long>> RunAsync);

/// <summary>What a contestant took: the median of its rounds.</summary>
internal sealed record Measurement(string Name, TimeSpan Median, long Bytes);
