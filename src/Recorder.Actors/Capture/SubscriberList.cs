using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Capture;

/// <summary>Used by one actor, but credit returns from any thread.</summary>
internal sealed class SubscriberList(IActorRef self, SourceUri source, CaptureOptions options)
{
    private readonly List<Subscriber> _subscribers = [];
    private readonly bool _lossless = source.Pace == SourcePace.Fast;
    private int _isStarved;

    public int Count => _subscribers.Count;
    public bool HasCredit => _subscribers.Count > 0 && _subscribers.TrueForAll(subscriber => subscriber.HasCredit);

    public IReadOnlyList<Subscriber> Newcomers => _subscribers.TrueForAll(subscriber => subscriber.IsOpened)
        ? []
        : _subscribers.FindAll(subscriber => !subscriber.IsOpened);

    public Subscriber? Add(IActorRef target, long attachment)
    {
        if (_subscribers.Exists(subscriber => subscriber.Is(target, attachment)))
            return null;

        Remove(target);
        var subscriber = new Subscriber(target, attachment, self, options.SubscriberLimit, _lossless, NotifyIfStarved);
        _subscribers.Add(subscriber);
        return subscriber;
    }

    public bool Remove(IActorRef target) => _subscribers.RemoveAll(subscriber => subscriber.Target.Equals(target)) > 0;
    public void Clear() => _subscribers.Clear();

    /// <summary>Asks for <see cref="CreditReturned"/>; returns false if there is credit already.</summary>
    public bool WaitForCredit()
    {
        Volatile.Write(ref _isStarved, 1);
        return !HasCredit || Interlocked.Exchange(ref _isStarved, 0) == 0;
    }

    public void Tell(IActorRef target, SourceMessage message) =>
        _subscribers.Find(subscriber => subscriber.Target.Equals(target))?.Tell(message);

    public void TellNewcomers(SourceMessage message)
    {
        foreach (var subscriber in Newcomers)
            subscriber.Tell(message);
    }

    public void TellOpened(SourceMessage message)
    {
        foreach (var subscriber in _subscribers.Where(subscriber => subscriber.IsOpened))
            subscriber.Tell(message);
    }

    public void Finish(SourceMessage message, DateTimeOffset now)
    {
        foreach (var subscriber in _subscribers)
        {
            subscriber.ReportDropped(0, now);
            subscriber.Tell(message);
        }
    }

    public void Offer(PacketBatch batch, int firstKey, TimeSpan now)
    {
        foreach (var subscriber in _subscribers)
        {
            subscriber.Offer(batch, firstKey);
            if (subscriber.AwaitsKey && subscriber.HasWaited(now) > options.KeyFrameWait)
                subscriber.Fail(SourceErrors.NoKeyFrame(source, options.KeyFrameWait));
        }
    }

    public void SendLeadingSound(IReadOnlyList<PacketBatch> batches)
    {
        foreach (var batch in batches)
        {
            foreach (var subscriber in _subscribers.Where(subscriber => subscriber.AwaitsKey))
                subscriber.Send(batch.AddRef());

            batch.Release();
        }
    }

    private void NotifyIfStarved()
    {
        if (Volatile.Read(ref _isStarved) == 1 && Interlocked.Exchange(ref _isStarved, 0) == 1)
            self.Tell(CreditReturned.Instance, ActorRefs.NoSender);
    }

    internal sealed record CreditReturned { public static readonly CreditReturned Instance = new(); }
}
