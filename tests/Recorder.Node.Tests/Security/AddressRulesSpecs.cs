using System.Net;
using Recorder.Node.Security;

namespace Recorder.Node.Tests.Security;

public sealed class AddressRulesSpecs
{
    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("192.168.1.20")]
    [InlineData("172.31.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("fd12:3456::1")]
    [InlineData("93.184.216.34")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::5db8:d822")]
    public void Cameras_in_private_and_public_networks_are_opened(string address) =>
        new AddressRules(["private", "public"], loopback: false).Problem(IPAddress.Parse(address)).ShouldBeNull();

    [Theory]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("2852039166", "metadata")]
    [InlineData("0xA9FEA9FE", "metadata")]
    [InlineData("0251.0376.0251.0376", "metadata")]
    [InlineData("::ffff:169.254.169.254", "metadata")]
    [InlineData("64:ff9b::a9fe:a9fe", "metadata")]
    [InlineData("2002:a9fe:a9fe::1", "metadata")]
    [InlineData("fd00:ec2::254", "metadata")]
    [InlineData("100.100.100.200", "metadata")]
    [InlineData("168.63.129.16", "metadata")]
    [InlineData("169.254.1.1", "link-local")]
    [InlineData("fe80::1%2", "link-local")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("239.1.2.3", "multicast")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("0.0.0.0", "not an address of a host")]
    [InlineData("0.1.2.3", "not an address of a host")]
    [InlineData("255.255.255.255", "not an address of a host")]
    [InlineData("::", "not an address of a host")]
    public void Some_places_are_never_opened_however_they_are_written(string address, string why)
    {
        var problem = new AddressRules(["private", "public", "0.0.0.0/0", "::/0"], loopback: true).Problem(IPAddress.Parse(address));
        problem.ShouldNotBeNull().ShouldContain(why);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    public void This_machine_is_opened_only_by_a_node_that_nobody_else_reaches(string address)
    {
        new AddressRules(["private", "public", "127.0.0.0/8"], loopback: false).Problem(IPAddress.Parse(address))
            .ShouldNotBeNull().ShouldContain("this machine itself");
        new AddressRules(["private", "public"], loopback: true).Problem(IPAddress.Parse(address)).ShouldBeNull();
    }

    [Fact]
    public void Networks_narrow_what_is_opened()
    {
        var rules = new AddressRules(["10.20.0.0/16"], loopback: false);
        rules.Problem(IPAddress.Parse("10.20.3.4")).ShouldBeNull();
        rules.Problem(IPAddress.Parse("10.21.3.4")).ShouldNotBeNull().ShouldContain("sourceNetworks");
        rules.Problem(IPAddress.Parse("93.184.216.34")).ShouldNotBeNull();
    }

    [Fact]
    public void A_network_that_is_none_is_said() =>
        Should.Throw<FormatException>(() => new AddressRules(["10.20.0.0/99"], loopback: false)).Message.ShouldContain("'10.20.0.0/99' is not a network");
}
