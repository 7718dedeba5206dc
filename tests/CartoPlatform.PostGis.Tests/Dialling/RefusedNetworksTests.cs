using System.Net;
using CartoPlatform.PostGis.Dialling;

namespace CartoPlatform.PostGis.Tests.Dialling;

public sealed class RefusedNetworksTests
{
    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("::169.254.169.254", true)]
    [InlineData("64:ff9b::a9fe:a9fe", true)]
    [InlineData("2002:a9fe:a9fe::1", true)]
    [InlineData("fe80::1%2", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("fd00:ec2::23", true)]
    [InlineData("fd20:ce::254", true)]
    [InlineData("::ffff:0:a9fe:a9fe", true)]
    [InlineData("64:ff9b:1::a9fe:a9fe", true)]
    [InlineData("64:ff9b:1:a9fe:a9:fe00::", true)]
    [InlineData("64:ff9b:1:a9:fe:a9fe::", true)]
    [InlineData("64:ff9b:1:0:a9:fea9:fe00:0", true)]
    [InlineData("64:ff9b:1:1234:5678:9abc:a9fe:a9fe", true)]
    [InlineData("2001:0:1:2:3:4:5601:5601", true)]
    [InlineData("100.100.100.200", true)]
    [InlineData("168.63.129.16", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("239.1.2.3", true)]
    [InlineData("ff02::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("2001:db8::a9fe:a9fe", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b:1:c0a8:1:200::", false)]
    [InlineData("64:ff9b:1::a00:1", false)]
    [InlineData("::ffff:0:a00:1", false)]
    [InlineData("fd20:ce::1", false)]
    [InlineData("fd00:ec3::254", false)]
    [InlineData("169.253.255.255", false)]
    public void Default_is_what_answers_everybody_on_its_network(string address, bool isRefused) =>
        Assert.Equal(isRefused, new RefusedNetworks(RefusedNetworks.Default).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("64:ff9b::10.1.2.3")]
    [InlineData("2002:0a01:0203::")]
    [InlineData("::ffff:0:10.1.2.3")]
    [InlineData("64:ff9b:1::10.1.2.3")]
    [InlineData("64:ff9b:1:a01:2:300::")]
    [InlineData("64:ff9b:1:a:1:203::")]
    [InlineData("64:ff9b:1:0:a:102:300:0")]
    public void Network_is_refused_in_every_way_to_write_it(string address) => Assert.True(new RefusedNetworks(["10.0.0.0/8"]).Contains(IPAddress.Parse(address)));
}
