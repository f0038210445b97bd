using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>
/// Jam-syncs a take to linear time code: when the take has begun, reads the sound of the recorder that has it until it says the time code of the
/// take's moment, or cannot. Nothing waits for it; until then, and without, the take has the time code of the clock. It lives beside its take, and ends with it.
/// </summary>
internal sealed class JamSync : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Ten seconds of sound, and what it takes to write and read them.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly TakeId _id;
    private readonly TakesEnvironment _environment;
    private readonly CancellationTokenSource _ending = new();
    private DateTimeOffset? _first;
    private bool _isReading;

    public JamSync(TakeId id, TakesEnvironment environment)
    {
        (_id, _environment) = (id, environment);
        Receive<Tick>(_ => Context.Parent.Tell(new TakeProtocol.Get(_id)));
        Receive<Take>(OnTake);
        Receive<LtcAnswer>(OnAnswer);
        // The take could not be stored: the next round tries again.
        Receive<TakeProtocol.Refused>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Starts it below the actor of a take that is to have linear time code and has not been told any.</summary>
    public static void StartFor(Take take, TakesEnvironment environment, IActorContext context)
    {
        if (IsWanted(take))
            context.ActorOf(Props.Create(() => new JamSync(take.Id, environment)));
    }

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), new Tick(), Interval, Interval);

    protected override void PostStop()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    private static bool IsWanted(Take take) =>
        take is { TimeCodeRecorder: not null, TimeCodeDetail: "" } && (take.IsOpen || take.At is not null);

    private void OnTake(Take take)
    {
        if (!IsWanted(take))
            Context.Stop(Self);
        else if (take.State is not (TakeState.Armed or TakeState.Committed) && !_isReading)
        {
            _first ??= _environment.Now;
            _isReading = true;
            _ = ReadAsync(take, _environment.Ltc, _ending.Token).PipeTo(Self);
        }
    }

    private static async Task<LtcAnswer> ReadAsync(Take take, ILtcReader? reader, CancellationToken cancellationToken)
    {
        try
        {
            return reader is null
                ? new LtcAnswer(null, default, "This program cannot read the sound of recordings.", IsFinal: true)
                : await reader.ReadAsync(take, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever cannot be read leaves the take with its clock.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            return new LtcAnswer(null, default, $"The sound of recorder {take.TimeCodeRecorder} cannot be read: {failed.Message}", IsFinal: false);
        }
    }

    private void OnAnswer(LtcAnswer answer)
    {
        _isReading = false;
        if (answer.TimeCode is not null || answer.IsFinal || _environment.Now - _first >= Longest)
            Context.Parent.Tell(new Read(answer));
    }

    /// <summary>Tells a take what was read.</summary>
    internal sealed record Read(LtcAnswer Answer)
    {
        /// <summary>The take with it; a take that knows stays as it is.</summary>
        public TakeDecision Of(Take take)
        {
            if (!IsWanted(take))
                return new TakeDecision(take, null);

            return new TakeDecision(Answer.TimeCode is { } read
                ? take with { TimeCode = read.ToString(), TimeCodeSource = TimeCodeSource.Ltc, TimeCodePhase = Answer.IntoFrame, TimeCodeDetail = Compare(take, read, Answer.IntoFrame) }
                : take with { TimeCodeDetail = $"{Answer.Problem} The time code is that of the node's clock." }, null);
        }

        private static string Compare(Take take, TimeCode read, TimeSpan intoFrame)
        {
            if (!TimeCode.TryParse(take.TimeCode ?? "", read.Rate, out var clock))
                return $"Linear time code of recorder {take.TimeCodeRecorder}.";

            // The nearer way round the day.
            var day = TimeCode.At(-1, read.Rate, read.IsDropFrame).Frame + 1;
            var frames = (read.Frame - clock.Frame + day) % day;
            var ahead = read.Rate.TimeOf(frames > day / 2 ? frames - day : frames) + intoFrame;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Linear time code of recorder {take.TimeCodeRecorder}, {ahead.Duration().TotalSeconds:0.00} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} the node's clock.");
        }
    }

    private sealed record Tick;
}
