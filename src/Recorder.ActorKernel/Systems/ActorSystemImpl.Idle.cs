using Recorder.ActorKernel.Dispatch;

namespace Recorder.ActorKernel.Internal;

public partial class ActorSystemImpl
{
    /// <summary>Ends when no actor runs, waits for a message that is there, or awaits in a handler. For tests.</summary>
    /// <remarks>It looks at every mailbox twice. When both looks find all of them idle, and none has taken a turn between them,
    /// then nobody was left who could have woken another: they were idle together. Scheduled messages and tasks outside of
    /// actors do not count. The actors pay nothing for it but a counter of their own.</remarks>
    internal async Task WhenIdleAsync(CancellationToken cancellationToken = default)
    {
        long? before = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var now = TurnsWhenAllIdle();
            if (now is not null && now == before)
                return;
            before = now;
            if (now is null)
                await Task.Delay(1, cancellationToken).ConfigureAwait(false);
            else
                await Task.Yield();
        }
    }

    private long? TurnsWhenAllIdle()
    {
        var turns = 0L;
        var waiting = new Stack<ActorCell>([((LocalActorRef)_provider.RootGuardian).Cell]);
        while (waiting.TryPop(out var cell))
        {
            if (!cell.IsIdle)
                return null;
            turns += 1 + cell.Turns; // an actor that comes or goes changes the sum as well
            foreach (var child in cell.GetChildren())
            {
                if (child is LocalActorRef local)
                    waiting.Push(local.Cell);
            }
        }

        return turns;
    }
}
