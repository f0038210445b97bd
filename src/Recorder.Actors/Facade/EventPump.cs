using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>
/// Raises events one after another outside the actor, so that a handler that blocks delays no command. Bounded: when handlers
/// fall behind, <c>dataavailable</c> events are skipped and counted; other events are rare, since calls of the program cause
/// them.
/// </summary>
internal sealed class EventPump
{
    public const int Limit = 1024;

    private readonly Channel<(RecorderProtocol.IEvent Raised, BlobLog? Ending)> _events =
        Channel.CreateUnbounded<(RecorderProtocol.IEvent, BlobLog?)>();
    private long _skipped;

    public EventPump(RecorderId recorder, Action<RecorderProtocol.IEvent> raise, ILogger logger) =>
        Completion = Task.Run(() => RunAsync(recorder, raise, logger));

    public Task Completion { get; }

    /// <param name="ending">The blob log to end after the handlers of the event; null for none.</param>
    public void Post(RecorderProtocol.IEvent raised, BlobLog? ending)
    {
        if (raised is RecorderProtocol.DataAvailable && _events.Reader.Count >= Limit)
            Interlocked.Increment(ref _skipped);
        else
            _events.Writer.TryWrite((raised, ending));
    }

    public void Complete() => _events.Writer.TryComplete();

    private async Task RunAsync(RecorderId recorder, Action<RecorderProtocol.IEvent> raise, ILogger logger)
    {
        await foreach (var (raised, ending) in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            raise(raised);
            ending?.End();
            if (Interlocked.Exchange(ref _skipped, 0) is > 0 and var count)
                FacadeLog.HandlersTooSlow(logger, recorder, count);
        }
    }
}
