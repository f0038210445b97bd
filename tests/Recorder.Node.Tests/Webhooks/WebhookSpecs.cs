using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Secrets;
using Recorder.Contracts;
using Recorder.Node.Configuration;
using Recorder.Node.Security;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Webhooks;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Node.Tests.Webhooks;

/// <summary>Deliveries out of a real journal to a real server.</summary>
public sealed class WebhookSpecs : IAsyncLifetime
{
    private const string Secret = "0123456789abcdef";
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RecorderId Hall = new("hall");
    private static readonly RecorderId Vault = new("vault");

    private readonly Folder _folder = new();
    private readonly WebhookTimes _times = new(TimeProvider.System) { FirstRetry = TimeSpan.FromMilliseconds(1), LongestRetry = TimeSpan.FromMilliseconds(2) };
    private SqlCatalogue _catalogue = null!;
    private NodeSecurity _security = null!;
    private WebhookDirectory _directory = null!;
    private Receiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _security = NodeSecurity.Create(new ServeOptions { DataFolder = _folder["data"] }, NullLoggerFactory.Instance, TimeProvider.System);
        _catalogue = await SqlCatalogue.OpenAsync(new SqliteDatabase(_folder["catalogue.db"]), new CatalogueOptions { Root = _folder["data"] }, NoCipher.Instance, default);
        _receiver = await Receiver.StartAsync();
        Open();
    }

    public async Task DisposeAsync()
    {
        await _directory.DisposeAsync();
        await _receiver.DisposeAsync();
        await _catalogue.DisposeAsync();
        await _security.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_event_arrives_signed_and_as_the_journal_has_it()
    {
        await AddAsync();
        await AppendAsync(new Paused(Hall, 1, T0));

        var delivery = await _receiver.NextAsync();
        delivery.Headers["Recorder-Event"].ShouldBe("pause");
        delivery.Headers["Recorder-Delivery"].ShouldStartWith("wh-");
        delivery.Body.ShouldContain("\"recorder\":\"hall\"");
        var timestamp = delivery.Headers["Recorder-Timestamp"];
        delivery.Headers["Recorder-Signature"].ShouldBe("v1=" + WebhookSender.Sign(Secret, timestamp, Encoding.UTF8.GetBytes(delivery.Body)));
        // Computed with another program: printf '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
        WebhookSender.Sign(Secret, "1700000000", "{}"u8).ShouldBe("e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e");
    }

    [Fact]
    public async Task What_fails_is_tried_again_and_what_comes_after_it_waits()
    {
        await AddAsync();
        _receiver.Answers.Enqueue(500);
        _receiver.Answers.Enqueue(302);
        _receiver.Answers.Enqueue(429);
        await AppendAsync(new Paused(Hall, 1, T0), new Resumed(Hall, 2, T0), new Paused(Vault, 1, T0));

        var kinds = new List<string>();
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            var delivery = await _receiver.NextAsync();
            kinds.Add(delivery.Headers["Recorder-Event"]);
            ids.Add(delivery.Headers["Recorder-Delivery"]);
        }

        kinds.ShouldBe(["pause", "pause", "pause", "pause", "resume", "pause"]);
        ids.Take(4).Distinct().Count().ShouldBe(1);
        ids.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task A_webhook_goes_on_after_a_restart_where_it_was_and_nothing_is_left_out()
    {
        await AddAsync();
        await AppendAsync(new Paused(Hall, 1, T0));
        var first = await _receiver.NextAsync();
        first.Headers["Recorder-Event"].ShouldBe("pause");
        await _directory.DisposeAsync();
        await AppendAsync(new Resumed(Hall, 2, T0));
        Open();

        // What the end cut off before its answer came is sent again, under its old name.
        var next = await _receiver.NextAsync();
        if (next.Headers["Recorder-Delivery"] == first.Headers["Recorder-Delivery"])
            next = await _receiver.NextAsync();

        next.Headers["Recorder-Event"].ShouldBe("resume");
    }

    [Fact]
    public async Task Only_what_was_asked_for_is_sent()
    {
        await AddAsync(recorders: ["va*"], kinds: ["resume"]);
        await AppendAsync(new Paused(Hall, 1, T0), new Paused(Vault, 1, T0), new Resumed(Hall, 2, T0), new Resumed(Vault, 2, T0));
        (await _receiver.NextAsync()).Body.ShouldContain("\"recorder\":\"vault\"");
        _receiver.Deliveries.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_receiver_that_is_dead_holds_up_nobody_else()
    {
        var dead = await _directory.AddAsync("http://127.0.0.1:1/", Secret, [], [], default);
        await AddAsync();
        await AppendAsync(new Paused(Hall, 1, T0));
        (await _receiver.NextAsync()).Headers["Recorder-Event"].ShouldBe("pause");
        await AppendAsync(new Resumed(Hall, 2, T0));
        (await _receiver.NextAsync()).Headers["Recorder-Event"].ShouldBe("resume");
        dead!.State.Through.ShouldBe(0);
    }

    [Fact]
    public async Task An_event_is_given_up_at_last_and_the_next_has_its_turn()
    {
        await _directory.DisposeAsync();
        Open(_times with { GiveUpAfter = TimeSpan.Zero });
        var webhook = await AddAsync();
        _receiver.Answers.Enqueue(500);
        await AppendAsync(new Paused(Hall, 1, T0), new Resumed(Hall, 2, T0));
        (await _receiver.NextAsync()).Headers["Recorder-Event"].ShouldBe("pause");
        (await _receiver.NextAsync()).Headers["Recorder-Event"].ShouldBe("resume");
        webhook.State.Missed.ShouldBe(1);
    }

    [Fact]
    public async Task A_receiver_that_says_it_is_gone_is_left_alone_until_the_webhook_is_changed()
    {
        var webhook = await AddAsync();
        _receiver.Answers.Enqueue(410);
        await AppendAsync(new Paused(Hall, 1, T0), new Resumed(Hall, 2, T0));
        await _receiver.NextAsync();
        await _directory.ChangeAsync(webhook.Webhook.Id, it => it with { Kinds = ["resume"] }, default);
        (await _receiver.NextAsync()).Headers["Recorder-Event"].ShouldBe("resume");
    }

    [Fact]
    public async Task A_name_that_leads_to_a_forbidden_place_later_is_not_connected_to()
    {
        await using var policy = new SourcePolicy(
            new SourcePolicyOptions { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254")]) }, NullLogger.Instance);
        using var sender = new WebhookSender(policy, TimeProvider.System);
        var webhook = new Webhook { Id = "wh-1", Url = "http://rebound.example/", Secret = Secret, CreatedAt = T0, After = 0 };
        var failed = await Should.ThrowAsync<HttpRequestException>(() => sender.SendAsync(webhook, "hall", "pause", 1, "{}"u8.ToArray(), default));
        failed.InnerException!.Message.ShouldContain("metadata");
        policy.CheckTarget("http://169.254.169.254/").ShouldNotBeNull();
        policy.CheckTarget("ftp://10.0.0.1/").ShouldNotBeNull();
        policy.CheckTarget("http://127.0.0.1/").ShouldNotBeNull();
        policy.CheckTarget("https://hooks.example/x").ShouldBeNull();
    }

    [Fact]
    public async Task Neither_secret_nor_URL_is_readable_on_disk()
    {
        await AddAsync();
        var text = string.Concat(Directory.GetFiles(_folder["webhooks"], "*.json").Select(File.ReadAllText));
        text.ShouldNotContain(Secret);
        text.ShouldNotContain("127.0.0.1");
    }

    private void Open(WebhookTimes? times = null) =>
        _directory = new WebhookDirectory(_folder["webhooks"], _security, _catalogue, times ?? _times, NullLogger.Instance);

    private async Task<WebhookDelivery> AddAsync(IReadOnlyList<string>? recorders = null, IReadOnlyList<string>? kinds = null) =>
        (await _directory.AddAsync(_receiver.Url, Secret, recorders ?? [], kinds ?? [], default)).ShouldNotBeNull();

    private Task<long> AppendAsync(params IEvent[] events) => _catalogue.Journal.AppendAsync(events, null, default);

    private sealed record Delivery(Dictionary<string, string> Headers, string Body);

    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _application;
        private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();

        private Receiver(WebApplication application) => _application = application;

        public ConcurrentQueue<int> Answers { get; } = new();

        public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

        public string Url => _application.Urls.First() + "/hook";

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var receiver = new Receiver(builder.Build());
            receiver._application.Run(receiver.TakeAsync);
            await receiver._application.StartAsync();
            return receiver;
        }

        public async Task<Delivery> NextAsync() => await _deliveries.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        public async ValueTask DisposeAsync()
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        private async Task TakeAsync(HttpContext context)
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            context.Response.StatusCode = Answers.TryDequeue(out var status) ? status : 204;
            context.Response.Headers.Location = status == 302 ? "http://169.254.169.254/" : default;
            _deliveries.Writer.TryWrite(new Delivery(context.Request.Headers.ToDictionary(it => it.Key, it => it.Value.ToString()), body));
        }
    }
}
