namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>Where to go after signing in: a path of this platform, never another site.</summary>
internal static class ReturnPath
{
    private const int MaxLength = 2_000;

    public static string Of(string? text) =>
        text is ['/', ..] && text.Length <= MaxLength && text is not ['/', '/' or '\\', ..] && !text.Any(letter => char.IsControl(letter) || letter == '\\') ? text : "/";
}
