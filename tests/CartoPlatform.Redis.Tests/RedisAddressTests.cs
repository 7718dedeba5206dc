using System.Net;

namespace CartoPlatform.Redis.Tests;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("redis.example:6380", "redis.example", 6380, false, null, null, null)]
    [InlineData("redis.example", "redis.example", 6379, false, null, null, null)]
    [InlineData("redis.example:6380,ssl=true,user=u,password=p,defaultDatabase=3", "redis.example", 6380, true, "u", "p", 3)]
    [InlineData("redis://redis.example", "redis.example", 6379, false, null, null, null)]
    [InlineData("rediss://u:p%40ss@redis.example:6390/2", "redis.example", 6390, true, "u", "p@ss", 2)]
    [InlineData("redis://:secret@redis.example", "redis.example", 6379, false, null, "secret", null)]
    public void Address_is_read_in_either_form(string text, string host, int port, bool tls, string? user, string? password, int? database)
    {
        var read = RedisAddress.Read(new RedisOptions { ConnectionString = text });
        read.SetDefaultPorts();
        var server = Assert.IsType<DnsEndPoint>(Assert.Single(read.EndPoints));
        Assert.Equal((host, tls ? Math.Max(port, 0) : port), (server.Host, server.Port));
        Assert.Equal((tls, user, password ?? "", database), (read.Ssl, read.User, read.Password ?? "", read.DefaultDatabase));
    }

    [Theory]
    [InlineData("redis.example:6380,nonsense=1")]
    [InlineData("http://redis.example")]
    [InlineData("redis://")]
    [InlineData("redis://redis.example/x")]
    [InlineData(",,")]
    public void Address_that_cannot_be_read_is_refused_without_its_secrets(string text)
    {
        var exception = Assert.Throws<FormatException>(() => RedisAddress.Read(new RedisOptions { ConnectionString = text + ",password=secret" }));
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_go_before_the_connection_string_and_sentinels_replace_its_server()
    {
        var read = RedisAddress.Read(new RedisOptions
        {
            ConnectionString = "redis.example,password=old",
            User = "u",
            Password = "new",
            Tls = true,
            Sentinels = ["one.example", "two.example:5000"],
            SentinelMaster = "main",
        });
        Assert.Equal(["one.example:26379", "two.example:5000"], read.EndPoints.Cast<DnsEndPoint>().Select(end => $"{end.Host}:{end.Port}"));
        Assert.Equal(("u", "new", true, "main"), (read.User, read.Password, read.Ssl, read.ServiceName));
        Assert.False(read.AbortOnConnectFail);
    }
}
