using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Recorder.Cluster.Tests.Harness;
using Recorder.Node.Security;

namespace Recorder.Cluster.Tests;

/// <summary>What one node tells another about who asks.</summary>
public class PeerSealSpecs
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];

    private const int BodyLimit = 100_000;
    private const string Start = "/v1/recorders/door:start";

    private readonly SpecClock _clock = new();

    [Fact]
    public async Task Who_asks_comes_through_with_role_and_recorders()
    {
        var key = new ApiKey { Id = "k1", Role = Role.Operator, Hash = "", CreatedAt = default, Recorders = ["door*"] };
        var opened = await OpenAsync(Seal("POST", "/v1/recorders/door:start", new Access(Role.Operator, key)), "POST", "/v1/recorders/door:start");
        opened.ShouldNotBeNull();
        opened.Value.Access.Role.ShouldBe(Role.Operator);
        opened.Value.Access.MaySee(new Contracts.RecorderId("door-2")).ShouldBeTrue();
        opened.Value.Access.MaySee(new Contracts.RecorderId("gate")).ShouldBeFalse();
        opened.Value.Peer.Node.ShouldBe("n1");
    }

    [Fact]
    public async Task It_is_good_for_its_request_alone()
    {
        var header = Seal("GET", "/v1/recorders/door", Access.Unguarded);
        (await OpenAsync(header, "DELETE", "/v1/recorders/door")).ShouldBeNull();
        (await OpenAsync(header, "GET", "/v1/recorders/gate")).ShouldBeNull();
        (await OpenAsync(header, "GET", "/v1/recorders/door", "?limit=1")).ShouldBeNull();
        (await OpenAsync(header, "GET", "/v1/recorders/door")).ShouldNotBeNull();
        (await OpenAsync(Seal("GET", "/v1/recorders/d%6Fr?after=a%20b", Access.Unguarded), "GET", "/v1/recorders/dor", "?after=a%20b")).ShouldNotBeNull();
    }

    [Fact]
    public async Task It_is_good_for_its_body_alone()
    {
        var header = Seal("POST", Start, Access.Unguarded, """{"timeslice":1000}""");

        (await OpenAsync(header, "POST", Start, body: """{"timeslice":1001}""")).ShouldBeNull();
        (await OpenAsync(header, "POST", Start)).ShouldBeNull("the body was taken away");
        (await OpenAsync(Seal("POST", Start, Access.Unguarded), "POST", Start, body: "{}")).ShouldBeNull("a body was added");

        var request = Request(header, "POST", Start, body: """{"timeslice":1000}""");
        (await new PeerSeal(Key, "n2", _clock).OpenAsync(request, BodyLimit)).Asking.ShouldNotBeNull();
        (await new StreamReader(request.Body).ReadToEndAsync()).ShouldBe("""{"timeslice":1000}""", "the endpoint reads it, too");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_not_read_on()
    {
        var body = new string(' ', BodyLimit + 1);
        (await OpenAsync(Seal("POST", Start, Access.Unguarded, body), "POST", Start, body: body)).ShouldBeNull();
        (await OpenAsync(Seal("POST", Start, Access.Unguarded, body[1..]), "POST", Start, body: body[1..])).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_stream_is_named_as_one_and_left_to_its_endpoint()
    {
        var request = Request(new PeerSeal(Key, "n1", _clock).Seal("PUT", "/v1/streams/door", Access.Unguarded, SealedBody.Stream), "PUT", "/v1/streams/door");
        request.Body = new NotToBeRead();

        (await new PeerSeal(Key, "n2", _clock).OpenAsync(request, BodyLimit)).Asking.ShouldNotBeNull();
    }

    // Its claim has no member for the body.
    [Fact]
    public async Task The_seal_of_a_version_that_did_not_name_bodies_is_good()
    {
        var claim = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new { Node = "n1", At = _clock.GetUtcNow().ToUnixTimeMilliseconds(), Role = "Admin" }));
        var signature = HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes($"POST\n{Start}\n{claim}"));

        (await OpenAsync($"{claim}.{Convert.ToHexStringLower(signature)}", "POST", Start, body: "{}")).ShouldNotBeNull().Access.Role.ShouldBe(Role.Admin);
    }

    [Fact]
    public async Task Every_request_names_its_body()
    {
        var other = new OtherNode(new PeerSeal(Key, "n2", _clock));
        using var invoker = new HttpMessageInvoker(new SealingHandler(new PeerSeal(Key, "n1", _clock), other));

        foreach (var (content, known, named) in new (HttpContent?, string?, string)[]
        {
            (null, null, SealedBody.Empty),
            (new StringContent("{}", Encoding.UTF8, "application/json"), null, SealedBody.Of("{}"u8)),
            (JsonContent.Create(new { label = "x" }), null, SealedBody.Of("""{"label":"x"}"""u8)),
            (new StreamContent(new MemoryStream([1, 2, 3])), null, SealedBody.Stream),
            (new StreamContent(new MemoryStream([1, 2, 3])), SealedBody.Of([1, 2, 3]), SealedBody.Of([1, 2, 3])),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "http://n2:1" + Start) { Content = content };
            request.Options.Set(SealingHandler.Asking, Access.Unguarded);
            if (known is not null)
                request.Options.Set(SealedBody.Known, known);

            (await invoker.SendAsync(request, CancellationToken.None)).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
            other.Named.ShouldBe(named);
        }
    }

    [Fact]
    public async Task It_is_good_for_a_short_time_after_which_the_node_tells_its_own()
    {
        var header = Seal("GET", "/v1/recorders", Access.Unguarded);
        _clock.Advance(TimeSpan.FromMinutes(3));

        (await new PeerSeal(Key, "n2", _clock).OpenAsync(Request(header, "GET", "/v1/recorders"), BodyLimit)).ShouldBe(new OpenedSeal(null, IsLate: true));

        (await new PeerSeal([1], "n2", _clock).OpenAsync(Request(header, "GET", "/v1/recorders"), BodyLimit)).IsLate.ShouldBeFalse("no node of this cluster asks");
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
    public async Task Anything_else_is_nobody(string header) => (await OpenAsync(header, "GET", "/v1/recorders")).ShouldBeNull();

    [Fact]
    public async Task A_node_on_its_own_believes_nobody() => (await new PeerSeal(null, "n2", _clock).OpenAsync(
        Request(Seal("GET", "/v1/recorders", Access.Unguarded), "GET", "/v1/recorders"), BodyLimit)).ShouldBe(default);

    [Theory]
    [InlineData("CONNECT", true)]
    [InlineData("GET", false)]
    public void A_WebSocket_over_HTTP_2_is_named_as_the_stream_that_it_is(string method, bool isStream)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "https://n2/v1/streams/x");
        // As whoever sends it on has read of the request that came.
        request.Options.Set(SealedBody.Known, SealedBody.Empty);

        SealedBody.Of(request).ShouldBe(isStream ? SealedBody.Stream : SealedBody.Empty);
    }

    private string Seal(string method, string path, Access access, string body = "") =>
        new PeerSeal(Key, "n1", _clock).Seal(method, path, access, SealedBody.Of(Encoding.UTF8.GetBytes(body)));

    private async Task<(Access Access, PeerRequest Peer)?> OpenAsync(string header, string method, string path, string query = "", string body = "") =>
        (await new PeerSeal(Key, "n2", _clock).OpenAsync(Request(header, method, path, query, body), BodyLimit)).Asking;

    private static HttpRequest Request(string header, string method, string path, string query = "", string body = "")
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.QueryString) = (method, path, new QueryString(query));
        context.Request.Headers[PeerSeal.Header] = header;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return context.Request;
    }

    // A node as far as its authentication goes.
    private sealed class OtherNode(PeerSeal seal) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        /// <summary>What the last request said of its body.</summary>
        public string? Named { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            var header = request.Headers.GetValues(PeerSeal.Header).Single();
            Named = JsonDocument.Parse(Convert.FromBase64String(header.Split('.')[0])).RootElement.GetProperty("Body").GetString();
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var asked = Request(header, request.Method.Method, request.RequestUri!.AbsolutePath, request.RequestUri.Query, body);
            var opened = await seal.OpenAsync(asked, BodyLimit);
            var answer = new HttpResponseMessage(opened.Asking is not null ? System.Net.HttpStatusCode.OK : System.Net.HttpStatusCode.Unauthorized);
            if (opened.IsLate)
            {
                seal.TellTime(asked.HttpContext.Response);
                answer.Headers.Add(PeerSeal.TimeHeader, asked.HttpContext.Response.Headers[PeerSeal.TimeHeader].ToString());
            }

            return answer;
        }
    }

    private sealed class NotToBeRead : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidOperationException("It was read.");
    }
}
