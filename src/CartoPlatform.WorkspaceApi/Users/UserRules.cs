using System.Globalization;
using System.Text;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.OAuth;
using CartoPlatform.WorkspaceApi.Requests;

namespace CartoPlatform.WorkspaceApi.Users;

internal static class UserRules
{
    private const int MinPasswordLength = 12;
    private const int MaxPasswordLength = 200;

    /// <summary>Something on both sides of one @, without white space. Whether it exists, only its owner can tell.</summary>
    public static bool IsEmail(string text) =>
        text.Length is >= 3 and <= 254 && text.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && !text.EnumerateRunes().Any(IsUnseen);

    /// <summary>
    /// What addresses are that people take for one: compatible letters and upper and lower case made the same (Unicode, UAX 15 and section
    /// 5.18). For comparing a new one alone: whoever signs in is known by the very address that he has.
    /// </summary>
    public static string FoldEmail(string email) => email.Normalize(NormalizationForm.FormKC).ToUpperInvariant().ToLowerInvariant()
        .Replace("ß", "ss", StringComparison.Ordinal).Normalize(NormalizationForm.FormKC);

    /// <summary>
    /// The error where this one may not make, change or delete somebody of that role: he would come by what he has not, with a password
    /// that he sets.
    /// </summary>
    public static ApiError? RefuseToManage(Principal giver, AccountRole role)
    {
        if (role >= AccountRole.Admin && AdministrationPolicy.RoleOf(giver) != AccountRole.Superadmin) return AuthErrors.NotSuperadmin;
        return giver.Token.Scopes is { } own && OAuthScopes.OfRole(role).FirstOrDefault(scope => !own.Contains(scope)) is { } beyond
            ? ApiError.Forbidden($"Nobody grants more than he has: the scope {beyond}, which a {role} reaches")
            : null;
    }

    // Zero-width letters and the like make two addresses out of one. Half a surrogate pair is read as U+FFFD.
    private static bool IsUnseen(Rune letter) =>
        Rune.IsWhiteSpace(letter) || Rune.IsControl(letter) || Rune.GetUnicodeCategory(letter) == UnicodeCategory.Format || letter == Rune.ReplacementChar;

    public static AccountRole? ReadRole(JsonBody body)
    {
        if (body.Text("role", 20) is not { } text) return null;
        if (Enum.GetNames<AccountRole>().Contains(text)) return Enum.Parse<AccountRole>(text);
        body.Fail($"role must be one of {string.Join(", ", Enum.GetNames<AccountRole>())}");
        return null;
    }

    /// <summary>Length is what counts (NIST SP 800-63B, section 5.1.1).</summary>
    public static string? ReadPassword(JsonBody body, string name)
    {
        if (body.Text(name, MaxPasswordLength) is not { } password) return null;
        if (password.Length < MinPasswordLength) body.Fail($"{name} must have at least {MinPasswordLength} characters");
        return password;
    }
}
