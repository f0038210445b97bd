using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Capture;

/// <summary>The subscribers of a source, what they are told, and the credit they give. Used by one actor, but credit returns from any thread.</summary>
internal sealed class Audience(IActorRef self, SourceUri source, CaptureOptions options)
{
    private readonly List<Subscriber> _subscribers = [];
    private readonly bool _lossless = source.Pace == SourcePace.Fast;
    private int _starved;

    public int Count => _subscribers.Count;

    /// <summary>Whether a source that waits for its subscribers may read on.</summary>
    public bool HasCredit => _subscribers.Count > 0 && _subscribers.TrueForAll(s => s.HasCredit);

    /// <summary>Those that have not been told that the source is open.</summary>
    public IReadOnlyList<Subscriber> Newcomers =>
        _subscribers.TrueForAll(s => s.Opened) ? [] : _subscribers.FindAll(s => !s.Opened);

    /// <summary>A new subscriber; null for one that is there already under the same number.</summary>
    public Subscriber? Add(IActorRef target, long attachment)
    {
        if (_subscribers.Exists(s => s.Is(target, attachment)))
        {
            return null;
        }

        Remove(target);
        var subscriber = new Subscriber(target, attachment, self, options.SubscriberLimit, _lossless, Wake);
        _subscribers.Add(subscriber);
        return subscriber;
    }

    /// <summary>False when it was none.</summary>
    public bool Remove(IActorRef target) => _subscribers.RemoveAll(s => s.Target.Equals(target)) > 0;

    public void Clear() => _subscribers.Clear();

    /// <summary>Asks for <see cref="CreditReturned"/>; false when there is credit after all.</summary>
    public bool WaitForCredit()
    {
        Volatile.Write(ref _starved, 1);
        return !HasCredit || Interlocked.Exchange(ref _starved, 0) == 0;
    }

    public void Tell(IActorRef target, SourceMessage message) => _subscribers.Find(s => s.Target.Equals(target))?.Tell(message);

    public void TellWaiting(SourceMessage message)
    {
        foreach (var subscriber in Newcomers)
        {
            subscriber.Tell(message);
        }
    }

    public void TellOpened(SourceMessage message)
    {
        foreach (var subscriber in _subscribers)
        {
            if (subscriber.Opened)
            {
                subscriber.Tell(message);
            }
        }
    }

    /// <summary>The last message of all.</summary>
    public void Finish(SourceMessage message, DateTimeOffset now)
    {
        foreach (var subscriber in _subscribers)
        {
            subscriber.ReportDropped(0, now);
            subscriber.Tell(message);
        }
    }

    /// <summary>Sends a batch to each, or as much of it as each can have.</summary>
    /// <param name="batch">The batch; the caller keeps its own reference.</param>
    /// <param name="firstKey">Index of the first packet at which decoding can begin; -1 for none.</param>
    /// <param name="now">Any monotonic clock.</param>
    public void Offer(PacketBatch batch, int firstKey, TimeSpan now)
    {
        foreach (var subscriber in _subscribers)
        {
            subscriber.Offer(batch, firstKey);
            if (subscriber.AwaitsKey && subscriber.HasWaited(now) > options.KeyFrameWait)
            {
                subscriber.Fail(new MediaError(
                    ErrorName.UnknownError,
                    $"{source.Masked} sent no key frame in {options.KeyFrameWait.TotalSeconds:0.#} s: set a shorter key-frame interval in it."));
            }
        }
    }

    /// <summary>Sends what came before a source's first picture to those that wait for it.</summary>
    /// <param name="batches">The batches; their references are taken over.</param>
    public void Precede(IReadOnlyList<PacketBatch> batches)
    {
        foreach (var batch in batches)
        {
            foreach (var subscriber in _subscribers)
            {
                if (subscriber.AwaitsKey)
                {
                    subscriber.Send(batch.AddRef());
                }
            }

            batch.Release();
        }
    }

    private void Wake()
    {
        if (Volatile.Read(ref _starved) == 1 && Interlocked.Exchange(ref _starved, 0) == 1)
        {
            self.Tell(CreditReturned.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>A source that waited may read on.</summary>
    internal sealed record CreditReturned
    {
        public static readonly CreditReturned Instance = new();
    }
}
