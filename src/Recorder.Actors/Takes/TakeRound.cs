using Recorder.Actors.Registry;
using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>
/// Sends one command to each recorder of a take and collects the answers. It has an address of its own, so that an answer that comes too late is not taken
/// for one to a later command.
/// </summary>
internal sealed class TakeRound : ReceiveActor, IWithTimers
{
    private readonly TakeRoundKind _kind;
    private readonly Dictionary<RecorderId, object> _answers = [];
    private readonly int _expected;
    private readonly TimeSpan _deadline;

    public TakeRound(IActorRef router, TakeRoundKind kind, IReadOnlyList<RecorderProtocol.ICommand> commands, TimeSpan deadline)
    {
        (_kind, _expected, _deadline) = (kind, commands.Count, deadline);
        Receive<RecorderProtocol.Armed>(armed => Add(armed.Recorder, armed));
        Receive<RecorderProtocol.Accepted>(accepted => Add(accepted.Recorder, accepted));
        Receive<RecorderProtocol.Refused>(refused => Add(refused.Recorder, refused));
        Receive<RecorderProtocol.Status>(status => Add(status.Recorder, status));
        Receive<RegistryProtocol.NotDefined>(unknown => Add(unknown.Recorder, unknown));
        // A recorder that is changing its node is asked again by the next round.
        Receive<RegistryProtocol.Moved>(moved => Add(moved.Recorder, moved));
        Receive<Deadline>(_ => End());
        foreach (var command in commands)
            router.Tell(command, Self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        if (_expected == 0)
            End();
        else
            Timers.StartSingleTimer(nameof(Deadline), new Deadline(), _deadline);
    }

    private void Add(RecorderId recorder, object answer)
    {
        _answers[recorder] = answer;
        if (_answers.Count == _expected)
            End();
    }

    private void End()
    {
        Context.Parent.Tell(new Done(_kind, _answers));
        Context.Stop(Self);
    }

    /// <summary>All recorders have answered, or the time is over.</summary>
    /// <param name="Kind">What was asked.</param>
    /// <param name="Answers">The answers; of a recorder that gave none there is none.</param>
    internal sealed record Done(TakeRoundKind Kind, IReadOnlyDictionary<RecorderId, object> Answers);

    private sealed record Deadline;
}

internal enum TakeRoundKind
{
    Arm,
    Start,
    Join,
    Look,
    Command,
    Stop,
}
