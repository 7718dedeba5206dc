using CartoPlatform.EmbeddedPostGis.Provisioning;

namespace CartoPlatform.EmbeddedPostGis.Tests.Provisioning;

public sealed class ScramVerifierTests
{
    /// <summary>The password and the salt of RFC 7677's example; the keys are those of its exchange.</summary>
    [Fact]
    public void Verifier_is_that_of_the_specification() => Assert.Equal(
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        ScramVerifier.Of("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==")));

    [Fact]
    public void Salt_is_another_each_time() => Assert.NotEqual(ScramVerifier.Of("pencil"), ScramVerifier.Of("pencil"));
}
