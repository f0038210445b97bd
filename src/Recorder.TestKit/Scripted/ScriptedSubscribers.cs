using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Testing;

/// <summary>The recorders that subscribe to a scripted source, or watch its description.</summary>
internal sealed class ScriptedSubscribers(DeliveryOrder order)
{
    private readonly List<IActorRef> _watchers = [];
    private readonly List<Subscriber> _subscribers = [];
    private long _bytesUnderWay;

    public int Count => _subscribers.Count;
    public bool HasOpen => _subscribers.Exists(subscriber => subscriber.IsOpen);
    public IEnumerable<Subscriber> Waiting => _subscribers.Where(subscriber => !subscriber.IsOpen);

    /// <summary>Bytes of packets that recorders received and did not release yet.</summary>
    public long BytesUnderWay => Interlocked.Read(ref _bytesUnderWay);

    public void Watch(IActorRef watcher) => _watchers.Add(watcher);

    /// <summary>Subscribes an actor; an older subscription of the same actor ends.</summary>
    public Subscriber Attach(IActorRef target, long attachment)
    {
        _subscribers.RemoveAll(former => former.Target.Equals(target));
        var subscriber = new Subscriber(target, attachment);
        _subscribers.Add(subscriber);
        return subscriber;
    }

    public void Detach(IActorRef target)
    {
        _watchers.RemoveAll(watcher => watcher.Equals(target));
        _subscribers.RemoveAll(subscriber => subscriber.Target.Equals(target));
    }

    public void Clear()
    {
        _subscribers.Clear();
        _watchers.Clear();
    }

    public void Describe(Described known, IActorRef source)
    {
        using var together = order.Gather();
        _watchers.ForEach(watcher => watcher.Tell(known, source));
    }

    /// <summary>Tells the open subscribers a message. Subscribers that wait for the source to open learn only why it does
    /// not.</summary>
    public void Send(SourceMessage message, IActorRef source)
    {
        using var together = order.Gather();
        var concernsWaiting = message is SourceConnecting or SourceFailed or SourceEnded;
        foreach (var subscriber in _subscribers.Where(subscriber => subscriber.IsOpen || concernsWaiting))
            subscriber.Tell(message, source);
    }

    /// <summary>Sends packets to the open subscribers, and releases the batch.</summary>
    public void Deliver(PacketBatch batch, IActorRef source)
    {
        if (batch.Count > 0)
        {
            using var together = order.Gather();
            foreach (var subscriber in _subscribers.Where(subscriber => subscriber.IsOpen))
            {
                Interlocked.Add(ref _bytesUnderWay, batch.Bytes);
                subscriber.Target.Tell(new MediaArrived(batch.AddRef(), OnReleased, subscriber.Attachment), source);
            }
        }

        batch.Release();
    }

    private void OnReleased(long bytes) => Interlocked.Add(ref _bytesUnderWay, -bytes);

    internal sealed class Subscriber(IActorRef target, long attachment)
    {
        public IActorRef Target => target;
        public long Attachment => attachment;

        /// <summary>Whether the source is open for the subscriber, so that it receives media.</summary>
        public bool IsOpen { get; set; }

        public void Tell(SourceMessage message, IActorRef source) =>
            target.Tell(message with { Attachment = attachment }, source);
    }
}
