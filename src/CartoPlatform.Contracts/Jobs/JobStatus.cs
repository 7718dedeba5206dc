namespace CartoPlatform.Contracts.Jobs;

/// <summary>States of an SQL job, in the words of the API and of the metadata database.</summary>
public static class JobStatus
{
    public const string Pending = "pending";
    public const string Running = "running";
    public const string Success = "success";
    public const string Failure = "failure";
    public const string Cancelled = "cancelled";
}
