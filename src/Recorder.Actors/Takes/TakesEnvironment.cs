using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Takes;

/// <summary>What takes need of their node.</summary>
/// <param name="Router">Reaches every recorder, on this node or another.</param>
/// <param name="RecordingsFolder">The folder on whose volume recordings are stored.</param>
internal sealed record TakesEnvironment(IActorRef Router, TakeFiles Files, string RecordingsFolder, TimeProvider Time, ILogger Logger)
{
    /// <summary>Runs what may block; specs run it at once.</summary>
    public Func<Action, Task> Blocking { get; init; } = Task.Run;

    /// <summary>Null where recorded sound cannot be decoded.</summary>
    public ILtcReader? Ltc { get; init; }

    public DateTimeOffset Now => Time.GetUtcNow();
}
