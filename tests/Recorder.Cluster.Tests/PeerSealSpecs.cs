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
        Open(header, "GET", "/v1/recorders/door", "?limit=1").ShouldBeNull();
        Open(header, "GET", "/v1/recorders/door").ShouldNotBeNull();
        Open(Seal("GET", "/v1/recorders/d%6Fr?after=a%20b", Access.Unguarded), "GET", "/v1/recorders/dor", "?after=a%20b").ShouldNotBeNull();
    }

    [Fact]
    public void It_is_good_for_a_short_time_after_which_the_node_tells_its_own()
    {
        var header = Seal("GET", "/v1/recorders", Access.Unguarded);
        _clock.Advance(TimeSpan.FromMinutes(3));

        new PeerSeal(Key, "n2", _clock).Open(Request(header, "GET", "/v1/recorders"), out var isLate).ShouldBeNull();

        isLate.ShouldBeTrue();
        new PeerSeal([1], "n2", _clock).Open(Request(header, "GET", "/v1/recorders"), out isLate).ShouldBeNull();
        isLate.ShouldBeFalse("no node of this cluster asks");
    }

    [Fact]
    public async Task A_request_to_a_node_whose_clock_is_an_hour_ahead_is_sealed_for_that_clock()
    {
        var ahead = new SpecClock();
        ahead.Advance(TimeSpan.FromHours(1));
        var other = new OtherNode(new PeerSeal(Key, "n2", ahead));
        using var invoker = new HttpMessageInvoker(new SealingHandler(new PeerSeal(Key, "n1", _clock), other));

        for (var time = 0; time < 2; time++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://n2:1/v1/recorders?limit=3");
            request.Options.Set(SealingHandler.Asking, Access.Unguarded);
            (await invoker.SendAsync(request, CancellationToken.None)).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        }

        other.Asked.ShouldBe(3, "twice at first, then once");
        using var nobody = new HttpRequestMessage(HttpMethod.Get, "http://n2:1/v1/recorders");
        await Should.ThrowAsync<InvalidOperationException>(() => invoker.SendAsync(nobody, CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b")]
    [InlineData("e30=.00")]
    public void Anything_else_is_nobody(string header) => Open(header, "GET", "/v1/recorders").ShouldBeNull();

    [Fact]
    public void A_node_on_its_own_believes_nobody() =>
        new PeerSeal(null, "n2", _clock).Open(Request(Seal("GET", "/v1/recorders", Access.Unguarded), "GET", "/v1/recorders"), out _).ShouldBeNull();

    private string Seal(string method, string path, Access access) => new PeerSeal(Key, "n1", _clock).Seal(method, path, access);

    private (Access Access, PeerRequest Peer)? Open(string header, string method, string path, string query = "") =>
        new PeerSeal(Key, "n2", _clock).Open(Request(header, method, path, query), out _);

    private static HttpRequest Request(string header, string method, string path, string query = "")
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.QueryString) = (method, path, new QueryString(query));
        context.Request.Headers[PeerSeal.Header] = header;
        return context.Request;
    }

    // A node as far as its authentication goes.
    private sealed class OtherNode(PeerSeal seal) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            var asked = Request(request.Headers.GetValues(PeerSeal.Header).Single(), request.Method.Method, request.RequestUri!.AbsolutePath, request.RequestUri.Query);
            var isKnown = seal.Open(asked, out var isLate) is not null;
            var answer = new HttpResponseMessage(isKnown ? System.Net.HttpStatusCode.OK : System.Net.HttpStatusCode.Unauthorized);
            if (isLate)
            {
                seal.TellTime(asked.HttpContext.Response);
                answer.Headers.Add(PeerSeal.TimeHeader, asked.HttpContext.Response.Headers[PeerSeal.TimeHeader].ToString());
            }

            return Task.FromResult(answer);
        }
    }
}
