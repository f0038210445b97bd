using Microsoft.AspNetCore.Http;
using Recorder.Cluster.Tests.Harness;
using Recorder.Node.Security;

namespace Recorder.Cluster.Tests;

/// <summary>What one node tells another about who asks.</summary>
public class PeerSealSpecs
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];

    private readonly SpecClock _clock = new();

    [Fact]
    public void Who_asks_comes_through_with_role_and_recorders()
    {
        var key = new ApiKey { Id = "k1", Role = Role.Operator, Hash = "", CreatedAt = default, Recorders = ["door*"] };
        var opened = Open(Seal("POST", "/v1/recorders/door:start", new Access(Role.Operator, key)), "POST", "/v1/recorders/door:start");
        opened.ShouldNotBeNull();
        opened.Value.Access.Role.ShouldBe(Role.Operator);
        opened.Value.Access.MaySee(new Contracts.RecorderId("door-2")).ShouldBeTrue();
        opened.Value.Access.MaySee(new Contracts.RecorderId("gate")).ShouldBeFalse();
        opened.Value.Peer.Node.ShouldBe("n1");
    }

    [Fact]
    public void It_is_good_for_its_request_alone()
    {
        var header = Seal("GET", "/v1/recorders/door", Access.Unguarded);
        Open(header, "DELETE", "/v1/recorders/door").ShouldBeNull();
        Open(header, "GET", "/v1/recorders/gate").ShouldBeNull();
        Open(header, "GET", "/v1/recorders/door").ShouldNotBeNull();
    }

    [Fact]
    public void It_is_good_for_a_short_time()
    {
        var header = Seal("GET", "/v1/recorders", Access.Unguarded);
        _clock.Advance(TimeSpan.FromMinutes(3));
        Open(header, "GET", "/v1/recorders").ShouldBeNull();
    }

    // After a system clock was wrong a node counts its own time: it agrees with the others by one of the two.
    [Theory]
    [InlineData(60, 0, true)]
    [InlineData(0, 60, true)]
    [InlineData(60, 60, false)]
    public void One_of_a_nodes_clocks_must_agree(int own, int system, bool isGood)
    {
        var (ownTime, systemTime) = (new SpecClock(), new SpecClock());
        ownTime.Advance(TimeSpan.FromMinutes(own));
        systemTime.Advance(TimeSpan.FromMinutes(system));
        var header = new PeerSeal(Key, "n1", ownTime, systemTime).Seal("GET", "/v1/recorders", Access.Unguarded);

        (new PeerSeal(Key, "n2", _clock, _clock).Open(Request(header, "GET", "/v1/recorders")) is not null).ShouldBe(isGood);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b")]
    [InlineData("e30=.00")]
    public void Anything_else_is_nobody(string header) => Open(header, "GET", "/v1/recorders").ShouldBeNull();

    [Fact]
    public void A_node_on_its_own_believes_nobody() =>
        new PeerSeal(null, "n2", _clock).Open(Request(Seal("GET", "/v1/recorders", Access.Unguarded), "GET", "/v1/recorders")).ShouldBeNull();

    private string Seal(string method, string path, Access access) => new PeerSeal(Key, "n1", _clock).Seal(method, path, access);

    private (Access Access, PeerRequest Peer)? Open(string header, string method, string path) =>
        new PeerSeal(Key, "n2", _clock).Open(Request(header, method, path));

    private static HttpRequest Request(string header, string method, string path)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = (method, path);
        context.Request.Headers[PeerSeal.Header] = header;
        return context.Request;
    }
}
