using System.Diagnostics.Metrics;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Node.Telemetry;

/// <summary>Counts the events of all recorders and updates the observable instruments, while they are exported.</summary>
internal sealed class MetricsActor : ReceiveActor, IWithTimers
{
    private readonly IActorRef _events;
    private readonly TimeSpan _interval;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _blobs;
    private readonly Counter<long> _frames;
    private readonly Counter<double> _lost;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _losses;
    private readonly UpDownCounter<long> _recording;
    private readonly HashSet<RecorderId> _running = [];

    public MetricsActor(IActorRef events, Meter meter, Func<Task> refresh, TimeSpan interval)
    {
        (_events, _interval) = (events, interval);
        _bytes = meter.CreateCounter<long>("recorder.bytes", "By", "Bytes of announced blobs.");
        _blobs = meter.CreateCounter<long>("recorder.blobs", "{blob}", "Announced blobs.");
        _frames = meter.CreateCounter<long>("recorder.lost.packets", "{packet}", "Packets that were lost instead of recorded.");
        _lost = meter.CreateCounter<double>("recorder.lost.time", "s", "Time that was lost instead of recorded.");
        _errors = meter.CreateCounter<long>("recorder.errors", "{error}", "Errors that ended a recording.");
        _losses = meter.CreateCounter<long>("recorder.source.losses", "{loss}", "Times that the source was lost.");
        _recording = meter.CreateUpDownCounter<long>("recorder.recording", "{recorder}", "Recorders that record.");
        Receive<Started>(OnStarted);
        Receive<DataAvailable>(OnData);
        Receive<GapRecorded>(OnGap);
        Receive<ErrorRaised>(error => _errors.Add(1, Of(error), new("error", error.Error.Name.ToString())));
        Receive<SourceChanged>(OnSource);
        Receive<Stopped>(OnStopped);
        // A refresh that failed leaves the instruments as they were; the timer tries again.
        Receive<Refresh>(tick => _ = refresh().PipeTo(Self));
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(IActorRef events, Meter meter, Func<Task> refresh, TimeSpan interval) =>
        Props.Create(() => new MetricsActor(events, meter, refresh, interval));

    protected override void PreStart()
    {
        _events.Tell(new EventsProtocol.Subscribe());
        Timers.StartPeriodicTimer(nameof(Refresh), new Refresh(), TimeSpan.Zero, _interval);
    }

    private static KeyValuePair<string, object?> Of(IEvent raised) => new("recorder", raised.Recorder.ToString());

    private void OnStarted(Started started)
    {
        if (_running.Add(started.Recorder))
            _recording.Add(1);
    }

    private void OnData(DataAvailable data)
    {
        _bytes.Add(data.Data.Length, Of(data));
        _blobs.Add(1, Of(data));
    }

    private void OnGap(GapRecorded gap)
    {
        var cause = new KeyValuePair<string, object?>("cause", gap.Cause.ToString());
        _frames.Add(gap.Packets, Of(gap), cause);
        _lost.Add(Math.Max(0, (gap.To - gap.From).TotalSeconds), Of(gap), cause);
    }

    private void OnSource(SourceChanged source)
    {
        if (source.Status == SourceStatus.Lost)
            _losses.Add(1, Of(source));
    }

    private void OnStopped(Stopped stopped)
    {
        if (_running.Remove(stopped.Recorder))
            _recording.Add(-1);
    }

    private sealed record Refresh;
}
