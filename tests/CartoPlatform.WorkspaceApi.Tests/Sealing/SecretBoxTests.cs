using System.Text;
using CartoPlatform.WorkspaceApi.Sealing;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Tests.Sealing;

public sealed class SecretBoxTests
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("Host=db;Password=hunter2");

    [Fact]
    public void Sealed_secret_opens_for_its_owner()
    {
        var envelope = Box().Seal(Secret, "connection:1");

        Assert.Equal(Secret, Box().TryOpen(envelope, "connection:1"));
    }

    [Fact]
    public void Envelope_that_was_moved_to_another_row_does_not_open() =>
        Assert.Null(Box().TryOpen(Box().Seal(Secret, "connection:1"), "connection:2"));

    [Fact]
    public void Same_secret_has_another_envelope_each_time() =>
        Assert.NotEqual(Box().Seal(Secret, "connection:1"), Box().Seal(Secret, "connection:1"));

    [Fact]
    public void Every_altered_byte_is_noticed()
    {
        var envelope = Box().Seal(Secret, "connection:1");
        for (var i = 0; i < envelope.Length; i++)
        {
            var altered = envelope.ToArray();
            altered[i] ^= 1;

            Assert.True(Box().TryOpen(altered, "connection:1") is null, $"byte {i}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(36)]
    [InlineData(37)]
    public void Cut_envelope_does_not_open(int length) =>
        Assert.Null(Box().TryOpen(Box().Seal(Secret, "connection:1")[..length], "connection:1"));

    [Fact]
    public void Other_internal_key_does_not_open_what_was_sealed_without_a_master_key() =>
        Assert.Null(Box("another-internal-key").TryOpen(Box().Seal(Secret, "connection:1"), "connection:1"));

    [Fact]
    public void Master_key_makes_the_internal_key_irrelevant()
    {
        var master = Convert.ToBase64String(Enumerable.Repeat((byte)9, 32).ToArray());
        var envelope = Box("internal-key-one", master).Seal(Secret, "connection:1");

        Assert.Equal(Secret, Box("internal-key-two", master).TryOpen(envelope, "connection:1"));
        Assert.Null(Box("internal-key-one").TryOpen(envelope, "connection:1"));
    }

    [Fact]
    public void Envelope_of_an_earlier_version_still_opens()
    {
        // Written by the first version, with a master key of 32 zero bytes.
        const string Stored = "AWZoeq34Yr13AAECAwQFBgcICQoLeUg1WKVdVAr1zqsIpiJ8KsCkQCY9me3CkhkhlopsrGhpBN30y/j9xA==";

        Assert.Equal(Secret, Box(master: Convert.ToBase64String(new byte[32])).TryOpen(Convert.FromBase64String(Stored), "connection:1"));
    }

    private static SecretBox Box(string internalKey = "internal-key-of-the-tests", string? master = null) => new(
        new KeyRing(Options.Create(new MasterKeyOptions { MasterKey = master }), Options.Create(new InternalKeyOptions { InternalKey = internalKey })));
}
