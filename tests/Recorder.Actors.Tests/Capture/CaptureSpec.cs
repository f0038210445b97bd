using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

/// <summary>A clock that stands still until a spec advances it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}

/// <summary>An input that returns the packets that a spec adds, in order, and blocks in between.</summary>
internal sealed class ScriptedInput(params StreamInfo[] streams) : IPacketInput
{
    private readonly BlockingCollection<Action<PacketBatch>> _script = [];
    private readonly CancellationTokenSource _cancelled = new();
    private int _reads;
    private bool _end;
    private volatile bool _hasBegun;

    public static readonly Rational Ms = new(1, 1000);

    public IReadOnlyList<StreamInfo> Streams { get; private set; } = streams;

    public int StreamsVersion { get; private set; }

    public string FormatName => "scripted";

    /// <summary>Called on the thread that reads.</summary>
    public Action? OnRead { get; init; }

    public TimeSpan? Duration { get; init; }

    public long? StartTimeRealtimeUs { get; init; }

    public Action? OnWaiting { get; set; }

    /// <summary>For how long no byte has arrived.</summary>
    public TimeSpan? SilentFor { get; set; }

    public bool HasEnded { get; private set; }

    /// <summary>Number of steps of the script that were read.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Whether a thread has started to read, or never will.</summary>
    public bool HasBegun => _hasBegun || _cancelled.IsCancellationRequested || Disposed.Task.IsCompleted;

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static StreamInfo Video(int width = 64, int index = 0) =>
        new(index, CodecParameters.RawVideo(width, 64, "yuv420p", new Rational(25, 1)), Ms, new Rational(25, 1), null, null, false);

    public static StreamInfo Audio(int index = 1) =>
        new(index, CodecParameters.Pcm(48000, 2, "s16le"), Ms, new Rational(0, 1), null, null, false);

    public ScriptedInput Packet(long ms, bool key = false, int track = 0, int size = 100, bool corrupt = false)
    {
        _script.Add(batch => batch.Add(new byte[size], track, ms, ms, 40, key));
        return this;
    }

    public ScriptedInput Change(params StreamInfo[] streams)
    {
        _script.Add(_ =>
        {
            Streams = streams;
            StreamsVersion++;
        });
        return this;
    }

    public ScriptedInput Fail(string message)
    {
        _script.Add(_ => throw new FFmpegException(-5, message));
        return this;
    }

    public ScriptedInput End(bool forGood = false)
    {
        _script.Add(_ => (_end, HasEnded) = (true, forGood));
        return this;
    }

    public ReadResult Read(PacketBatch into)
    {
        _hasBegun = true;
        OnRead?.Invoke();
        while (!_end)
        {
            if (_cancelled.IsCancellationRequested)
                throw new FFmpegException(-1, "cancelled") { IsCancelled = true };

            if (_script.TryTake(out var step, 5))
            {
                Interlocked.Increment(ref _reads);
                var count = into.Count;
                step(into);
                if (into.Count > count)
                    return ReadResult.Appended;
            }
            else
            {
                OnWaiting?.Invoke();
            }
        }

        return ReadResult.EndOfStream;
    }

    public void SeekToStart() => throw new NotSupportedException();

    public void Cancel() => _cancelled.Cancel();

    public void Dispose() => Disposed.TrySetResult();
}

/// <summary>Base of specs of sources in virtual time.</summary>
public abstract class CaptureSpec : TestKit
{
    private const string VirtualTime =
        "akka.stdout-loglevel = OFF\nakka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"\n" + SourcesActor.Dispatchers;

    /// <summary>A step so small that no deadline passes while a thread waits for a busy machine.</summary>
    protected const double Slowly = 0.03;

    private readonly ConcurrentQueue<Func<ICaptureInput>> _openings = new();
    private readonly ConcurrentBag<ScriptedInput> _opened = [];
    private IActorRef? _sources;

    protected CaptureSpec()
        : base(ConfigurationFactory.ParseString(VirtualTime))
    {
    }

    internal ManualTime Time { get; } = new();

    internal CaptureOptions Options { get; set; } = new();

    internal int Opened { get; private set; }

    protected IActorRef Sources => _sources ??= Sys.ActorOf(
        new CaptureContext(Options, NullLogger.Instance, Time, new Random(1))
        {
            Opener = new SourceOpener(Options, NullLogger.Instance, Time) { Open = Open },
        }.SourcesProps(),
        "sources");

    protected static SourceUri Camera { get; } = SourceUri.Parse("rtsp://camera/stream");

    /// <summary>Adds an input for the next attempt to open.</summary>
    internal ScriptedInput Next(params StreamInfo[] streams)
    {
        var input = new ScriptedInput(streams.Length > 0 ? streams : [ScriptedInput.Video(), ScriptedInput.Audio()]);
        _openings.Enqueue(() =>
        {
            _opened.Add(input);
            return input;
        });
        return input;
    }

    internal void NextFails(Exception error) => _openings.Enqueue(() => throw error);

    internal void NextFails(string message) => NextFails(new FFmpegException(-111, message));

    internal void NextIs(Func<ICaptureInput> open) => _openings.Enqueue(open);

    /// <summary>Waits until the sources' parent has handled all messages so far, such as requests for ticks.</summary>
    protected void AwaitTicks()
    {
        var probe = CreateTestProbe();
        Sources.Tell(new Identify(1), probe);
        probe.ExpectMsg<ActorIdentity>();
    }

    /// <summary>Advances the time in steps of the grid.</summary>
    protected void Pass(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= Options.Grid)
        {
            var step = left < Options.Grid ? left : Options.Grid;
            Time.Advance(step);
            ((TestScheduler)Sys.Scheduler).Advance(step);
        }
    }

    /// <summary>Advances the time, much faster than real time, until a value is found.</summary>
    protected T PassUntil<T>(Func<T?> look, double step = 0.1)
        where T : class
    {
        T? found = null;
        AwaitCondition(
            () =>
            {
                found = look();
                // No deadline may pass while a thread waits for a busy machine.
                if (found is null && _opened.All(input => input.HasBegun))
                    Pass(step);

                return found is not null;
            },
            // The suite of the cluster goes before this one where both run: a thread may wait for seconds.
            TimeSpan.FromSeconds(30),
            TimeSpan.FromMilliseconds(10));
        return found!;
    }

    /// <summary>
    /// Returns a batch's packets as kind (K key frame, v other frame, a sound) and time, and returns the credit.
    /// </summary>
    /// <summary>The packets that arrive before a message of a kind.</summary>
    internal List<string> PacketsUntil<T>(out T found)
        where T : class
    {
        var packets = new List<string>();
        found = PassUntil(() =>
        {
            while (HasMessages)
            {
                switch (ReceiveOne(TimeSpan.FromSeconds(1)))
                {
                    case MediaArrived arrived:
                        packets.AddRange(Packets(arrived));
                        break;
                    case T message:
                        return message;
                    default:
                        break;
                }
            }

            return null;
        }, Slowly);
        return packets;
    }

    internal static List<string> Packets(MediaArrived arrived)
    {
        var packets = Enumerable.Range(0, arrived.Batch.Count).Select(i => arrived.Batch[i])
            .Select(p => (p.Track == 0 ? p.Key ? "K" : "v" : "a") + p.Dts).ToList();
        arrived.Done();
        return packets;
    }

    /// <summary>Advances the time until a probe has received this many packets.</summary>
    internal List<string> Packets(TestKitBase probe, int count)
    {
        var packets = new List<string>();
        return PassUntil(
            () =>
            {
                while (probe.HasMessages && packets.Count < count)
                {
                    // These specs do not check whether their timestamps agree with the time they advance.
                    if (probe.ExpectMsg<ISourceMessage>() is var message and not TimestampsMended)
                        packets.AddRange(Packets(message.ShouldBeOfType<MediaArrived>()));
                }

                return packets.Count >= count ? packets : null;
            },
            Slowly);
    }

    private ICaptureInput Open(SourceUri source, CancellationToken cancellationToken)
    {
        Opened++;
        if (source.Kind == SourceKind.Test)
            return new TestPatternInput(source);

        return _openings.TryDequeue(out var open) ? open()
            : source.Kind == SourceKind.File ? DemuxerInput.Open(source, MediaLimits.Default, cancellationToken)
            : throw new FFmpegException(-111, "Connection refused");
    }
}
