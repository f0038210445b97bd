using Microsoft.Extensions.Logging;
using Recorder.Cluster.Tests.ControlPlane;
using Recorder.Cluster.Trust;

namespace Recorder.Cluster.Tests.Trust;

/// <summary>A node notices that its certificate was renewed, and says when it has to be.</summary>
public sealed class TrustFolderSpecs : IDisposable
{
    private readonly CertificatesUnderTest _certificates = new();
    private readonly LogOfPlanes _log = new();
    private readonly Clock _clock = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void A_renewed_certificate_is_used_when_its_files_have_settled_and_a_broken_one_is_not()
    {
        var node = _certificates.MakeNode("n1");
        using var folder = Open(node);
        var first = folder.Current;

        _certificates.MakeNode("n1");
        _clock.Tick();
        folder.Current.ShouldBe(first, "the files may still be changing");
        _clock.Tick();
        folder.Current.Certificate.Thumbprint.ShouldNotBe(first.Certificate.Thumbprint);
        _log.Lines.ShouldContain(line => line.Contains("The certificate of node n1 was renewed; it is valid until 20", StringComparison.Ordinal));

        var second = folder.Current;
        File.WriteAllText(Path.Combine(node, "node.key"), "no key");
        _clock.Tick();
        _clock.Tick();
        folder.Current.ShouldBe(second);
        _log.Lines.Count(line => line.Contains("cannot be used, and the one before stays in use", StringComparison.Ordinal)).ShouldBe(1);

        _clock.Tick();
        _log.Lines.Count(line => line.Contains("cannot be used", StringComparison.Ordinal)).ShouldBe(1, "it is said once");
    }

    [Fact]
    public void A_certificate_that_expires_within_thirty_days_is_warned_of_daily_and_then_said_to_be_expired()
    {
        using var folder = Open(_certificates.MakeNode("n1", days: 40));
        Said("expires on").ShouldBe(0);

        for (var hour = 0; hour < 24 * 12 - 1; hour++)
            _clock.Tick(TimeSpan.FromHours(1));

        Said("expires on").ShouldBe(2, "on the days 10 and 11");
        _clock.Tick(TimeSpan.FromDays(29));
        Said("Renew it by 'recorder cluster cert node n1 --force'").ShouldBe(3);
        Said("The certificate of node n1 expired on").ShouldBe(1);
    }

    private int Said(string text) => _log.Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    private TrustFolder Open(string folder) =>
        TrustFolder.Open(folder, trust => trust.FindProblem("n1", "127.0.0.1"), new LoggerFactory([_log.For("n1")]).CreateLogger("trust"), _clock);

    /// <summary>A clock whose one timer fires when it is told.</summary>
    private sealed class Clock : TimeProvider
    {
        private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
        private TimeSpan _elapsed;
        private Action _look = () => { };

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _elapsed.Ticks;

        public override DateTimeOffset GetUtcNow() => _start + _elapsed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _look = () => callback(state);
            return new NoTimer();
        }

        public void Tick(TimeSpan? by = null)
        {
            _elapsed += by ?? TimeSpan.FromSeconds(1);
            _look();
        }

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
