using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>
/// Raises events one after another, off the actor, so that a handler which blocks holds up no command. Bounded: when handlers
/// fall behind, <c>dataavailable</c> events are left out and counted; the others are as few as the calls that cause them.
/// </summary>
internal sealed class EventPump
{
    /// <summary>Most events that wait for handlers before <c>dataavailable</c> events are left out.</summary>
    public const int Limit = 1024;

    private readonly Channel<(RecorderProtocol.IEvent Raised, BlobLog? Ending)> _events =
        Channel.CreateUnbounded<(RecorderProtocol.IEvent, BlobLog?)>();
    private long _leftOut;

    public EventPump(RecorderId recorder, Action<RecorderProtocol.IEvent> raise, ILogger logger) =>
        Completion = Task.Run(() => RunAsync(recorder, raise, logger));

    /// <summary>Every event has been raised.</summary>
    public Task Completion { get; }

    /// <summary>Queues an event.</summary>
    /// <param name="raised">The event.</param>
    /// <param name="ending">What ends when its handlers have run.</param>
    public void Post(RecorderProtocol.IEvent raised, BlobLog? ending)
    {
        if (raised is RecorderProtocol.DataAvailable && _events.Reader.Count >= Limit)
        {
            Interlocked.Increment(ref _leftOut);
        }
        else
        {
            _events.Writer.TryWrite((raised, ending));
        }
    }

    /// <summary>No event follows.</summary>
    public void Complete() => _events.Writer.TryComplete();

    private async Task RunAsync(RecorderId recorder, Action<RecorderProtocol.IEvent> raise, ILogger logger)
    {
        await foreach (var (raised, ending) in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            raise(raised);
            ending?.End();
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count)
            {
                FacadeLog.HandlersTooSlow(logger, recorder, count);
            }
        }
    }
}
